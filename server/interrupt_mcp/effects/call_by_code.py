"""A tool call that code makes, with no tool node around it: a node of its own, or a tool node that goes its own way."""

import hashlib
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig

from interrupt_mcp.dialects.payload import text_of
from interrupt_mcp.dialects.schemas import args_schema_of
from interrupt_mcp.effects.defaults import models_own
from interrupt_mcp.effects.incoming_call import tool_message, with_same_objects
from interrupt_mcp.effects.positions import Positions
from interrupt_mcp.effects.resume_slots import namespace_of
from interrupt_mcp.effects.task_attempt import TaskAttempt
from interrupt_mcp.model import Call, Json, JsonObject, digest_of, to_json


@dataclass(frozen=True, slots=True)
class CallByCode:
    """What `BaseTool.run` and `arun` are given.

    There is no message, so of calls that are alike each is known by how many its task made before.
    """

    tool: Any
    given: str | dict[str, Any]
    """The tool's input, with the arguments that LangGraph put in."""
    call_id: str | None
    """None where the caller gave bare arguments, and gets bare content."""
    config: RunnableConfig

    @property
    def args(self) -> JsonObject:
        """The arguments as JSON, without those that LangGraph put in."""
        own = {self._only: self.given} if isinstance(self.given, str) else models_own(self.tool, self.given)
        args = to_json(own)
        assert isinstance(args, dict)
        return args

    def identify(self, positions: Positions, attempt: TaskAttempt[Any]) -> Call:
        """Return which call it is: of alike ones, by how many the task made before."""
        del positions
        ns, args = namespace_of(self.config), self.args
        what = hashlib.sha256(f"{self.tool.name}:{digest_of(args)}".encode()).hexdigest()[:16]
        alike = (ns, self.call_id or "", what)
        with attempt.guard:
            position = attempt.alike[alike] = attempt.alike.get(alike, -1) + 1
        return Call(
            ns=ns,
            message_id="",
            position=position,
            call_id=self.call_id or "",
            name=str(self.tool.name),
            args=args,
            args_schema=args_schema_of(self.tool),
            by_code=what,
        )

    def others(self, call: Call) -> tuple[tuple[Call, Any], ...]:
        """Return none: what else code calls is not known before it does."""
        del call
        return ()

    def with_args(self, args: JsonObject | None, config: RunnableConfig) -> "CallByCode":
        """Return the call with these arguments, where they are given, and the configuration of its own."""
        return CallByCode(self.tool, self.given if args is None else self._input(args), self.call_id, config)

    def text_result(self, text: str, *, error: bool) -> Any:
        """Return the text as the result: bare where the arguments were, else a message."""
        return text if self.call_id is None else tool_message(self.call_id, self.tool.name, text, error=error)

    def value_result(self, value: Json) -> Any:
        """Return the value as the result: bare where the arguments were, else a message with it as text."""
        return value if self.call_id is None else self.text_result(text_of(value), error=False)

    def _input(self, args: JsonObject) -> str | dict[str, Any]:
        """Return the tool's input with these arguments."""
        if not isinstance(self.given, str):
            own = self.args
            injected = {name: value for name, value in self.given.items() if name not in own}
            return {**injected, **with_same_objects(args, self.given, own)}
        text = args.get(self._only)
        return text if args.keys() == {self._only} and isinstance(text, str) else dict(args)

    @property
    def _only(self) -> str:
        """The name of the one argument of a tool that is called with a text."""
        return next(iter(self.tool.args), "input")
