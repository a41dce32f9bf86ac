"""The shapes of arguments and results, as clients see them in the tools' schemas."""

from typing import Annotated, Any, NotRequired

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

Wait = Annotated[
    float,
    Field(ge=0, le=25, description="Seconds to wait for the run to pause or end, 0 to 25. The run goes on anyhow."),
]
Nodes = Annotated[
    list[Annotated[str, Field(max_length=200)]],
    Field(max_length=100, description="For debugging: names of nodes, or `*`, at which the run stops and asks."),
]
Limit = Annotated[int, Field(ge=1, le=100, description="How many at most, 1 to 100.")]


class DecisionInput(BaseModel):
    """One decision, for one request of an interrupt."""

    model_config = ConfigDict(extra="forbid")

    type: Annotated[str, Field(max_length=100, json_schema_extra={"enum": ["accept", "edit", "reject", "respond"]})] = (
        Field(
            description="accept: go on as asked. edit: go on with `args`. reject: say no, `message` says why."
            " respond: answer with `value` or `message`; where code of the agent asks, it goes on with the answer and"
            " may do what it asked about, even on a no."
        )
    )
    interrupt_id: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="Id or code of the interrupt; may be left out where just one request is open."
    )
    index: int | None = Field(None, ge=0, le=10_000, description="Which request of the interrupt; 0 if left out.")
    args: dict[str, Any] | None = Field(None, description="For edit: all arguments, also those that stay as they are.")
    message: str | None = Field(None, description="For reject and respond: words for the agent.")
    value: Any = Field(None, description="For respond: the answer, any JSON; null counts as an answer.")
    digest: Annotated[str, Field(max_length=100)] | None = Field(
        None, description="The interrupt's digest, to decide only on exactly what was shown."
    )


class AgentResult(TypedDict):
    name: str
    description: str
    input_schema: dict[str, Any]
    context_schema: NotRequired[dict[str, Any]]
    example: dict[str, Any]
    note: NotRequired[str]
    warnings: NotRequired[list[str]]
    error: NotRequired[str]


class AgentsResult(TypedDict):
    agents: list[AgentResult]


class RequestResult(TypedDict):
    index: int
    action: str
    args: dict[str, Any]
    args_schema: NotRequired[dict[str, Any]]
    allowed: list[str]
    round: NotRequired[int]
    risk: NotRequired[str]
    deciders: NotRequired[list[str]]
    other_person: NotRequired[bool]
    preview: NotRequired[dict[str, Any]]
    decision: NotRequired[dict[str, Any]]


class InterruptResult(TypedDict):
    interrupt_id: str
    code: str
    run_id: str
    thread_id: str
    agent: str
    status: str
    dialect: str
    description: str
    requests: list[RequestResult]
    value: Any
    asked_inside: NotRequired[dict[str, Any]]
    response_schema: NotRequired[dict[str, Any]]
    round: NotRequired[int]
    risk: NotRequired[str]
    digest: str
    created_at: str
    where_to_decide: str


class ErrorResult(TypedDict):
    code: str
    message: str


class RunSummary(TypedDict):
    run_id: str
    thread_id: str
    agent: str
    status: str
    answer: NotRequired[str]
    output: NotRequired[Any]
    error: NotRequired[ErrorResult]
    note: NotRequired[str]
    created_at: str
    updated_at: str
    next_step: str


class RunResult(RunSummary):
    interrupts: list[InterruptResult]


class RunsResult(TypedDict):
    runs: list[RunSummary]
    next_cursor: NotRequired[str]


class InterruptsResult(TypedDict):
    interrupts: list[InterruptResult]
    next_cursor: NotRequired[str]


class EffectResult(TypedDict):
    action: str
    args: dict[str, Any]
    result: Any
    at: str
    interrupt_id: str
    outcome: str
    error: NotRequired[str]


class RewoundResult(RunResult):
    effects_done: list[EffectResult]


class RanResult(TypedDict):
    node: str
    wrote: dict[str, Any]
    error: NotRequired[str]


class CheckpointResult(TypedDict):
    checkpoint_id: str
    parent_id: str | None
    created_at: str
    step: int
    source: str
    next: list[str]
    interrupts: list[str]
    ran: list[RanResult]
    decisions: list[dict[str, Any]]
    effects: list[EffectResult]
    branch: int
    run_id: NotRequired[str]
    error: NotRequired[str]


class ThreadResult(TypedDict):
    thread_id: str
    agent: str
    values: Any
    checkpoints: list[CheckpointResult]
    diagram: str
    error: NotRequired[ErrorResult]


class ForkResult(TypedDict):
    thread_id: str
    agent: str
    values: Any
    checkpoint_id: str
    next_step: str
