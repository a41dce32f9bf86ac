"""langchain's `create_agent` with and without its middleware, and LangGraph's `create_react_agent`."""

from tests.models.provider import Says, calls
from tests.real_agents.packages import Package, Scene
from tests.real_agents.payments import PAID, asked, decide_each, three, told

LOOK = calls(("balance", {"account": "main"}))


async def batched(scene: Scene) -> None:
    """`create_agent`, HumanInTheLoopMiddleware: three calls in one question, one accepted, edited, rejected each."""
    await _pay(scene, "batched", "pay", questions=1)


async def per_call(scene: Scene) -> None:
    """`create_agent`, HumanInTheLoopMiddleware for each call: three questions, answered together."""
    await _pay(scene, "each", "pay", questions=3)


async def policy(scene: Scene) -> None:
    """`create_agent` without middleware: policy has each call asked about."""
    await _pay(scene, "plain", "pay", questions=3)


async def react(scene: Scene) -> None:
    """`create_react_agent`, a tool that calls `interrupt()` and knows accept alone: accepted, edited, rejected."""
    await _pay(scene, "react", "ask_and_pay", questions=3)


async def claude(scene: Scene) -> None:
    """`create_agent` with a model that speaks Anthropic's API: accepted, edited, rejected."""
    await _pay(scene, "claude", "pay", questions=1)


async def one_node(scene: Scene) -> None:
    """`create_react_agent(version="v1")`, all calls in one task: asked one after another, each done once."""
    scene.model.say(three("ask_and_pay"), Says("Done."))
    run = await scene.door.call("start_run", agent="one_node", message="Pay them")
    while run["status"] == "interrupted":
        run = await decide_each(scene.door, run)
    assert run["answer"].strip() == "Done.", run
    assert sorted(scene.effects) == PAID


async def _pay(scene: Scene, agent: str, tool: str, questions: int) -> None:
    scene.model.say(LOOK, three(tool), Says("Done."))
    run = await scene.door.call("start_run", agent=agent, message="Pay them")
    assert run["status"] == "interrupted", run
    assert [args["to"] for _, args in asked(run)] == ["Ann", "Ben", "Cem"], run
    assert {action for action, _ in asked(run)} == {tool}
    assert len(run["interrupts"]) == questions, run
    assert not scene.effects.lines
    run = await decide_each(scene.door, run)
    assert (run["status"], run["answer"].strip()) == ("success", "Done."), run
    assert sorted(scene.effects) == PAID
    assert "Cem was paid in cash." in told(scene.model)


PACKAGE = Package(
    "langchain",
    tuple(f"langchain_agents:{name}" for name in ("plain", "batched", "each", "react", "one_node", "claude")),
    (batched, per_call, policy, react, one_node, claude),
    besides=("langchain-openai", "langchain-anthropic"),
    needs="nothing; `sensitive` in `interrupt-mcp.toml` where the agent has nothing that asks",
    policy='[agents.plain.tools."pay"]\nsensitive = true\n',
)
