"""A tool call that code makes, with no tool node around it: a node of its own, or a tool node that goes its own way."""

import hashlib
from dataclasses import dataclass
from typing import Any

from langchain_core.runnables import RunnableConfig

from interrupt_mcp.dialects.payload import text_of
from interrupt_mcp.effects.defaults import models_own
from interrupt_mcp.effects.gated_call import args_schema, message, put_in
from interrupt_mcp.effects.positions import Positions
from interrupt_mcp.effects.resume_slots import namespace
from interrupt_mcp.effects.tries import Try
from interrupt_mcp.model import Call, Json, JsonObject, digest_of, to_json


@dataclass(frozen=True, slots=True)
class DirectCall:
    """What `BaseTool.run` and `arun` are given. There is no message, so alike calls are told apart by their order."""

    tool: Any
    given: str | dict[str, Any]
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

    def identify(self, positions: Positions, tried: Try[Any]) -> Call:
        del positions
        ns, args = namespace(self.config), self.args
        what = hashlib.sha256(f"{self.tool.name}:{digest_of(args)}".encode()).hexdigest()[:16]
        alike = (ns, self.call_id or "", what)
        with tried.guard:
            position = tried.alike[alike] = tried.alike.get(alike, -1) + 1
        return Call(
            ns=ns,
            message_id="",
            position=position,
            call_id=self.call_id or "",
            name=str(self.tool.name),
            args=args,
            args_schema=args_schema(self.tool),
            by_code=what,
        )

    def with_args(self, args: JsonObject | None, config: RunnableConfig) -> "DirectCall":
        return DirectCall(self.tool, self.given if args is None else self._put_in(args), self.call_id, config)

    def says(self, text: str, *, error: bool) -> Any:
        if self.call_id is None:
            return text
        return message(self.call_id, self.tool.name, text, error=error)

    def gives(self, value: Json) -> Any:
        return value if self.call_id is None else self.says(text_of(value), error=False)

    def _put_in(self, args: JsonObject) -> str | dict[str, Any]:
        if not isinstance(self.given, str):
            own = self.args
            injected = {name: value for name, value in self.given.items() if name not in own}
            return {**injected, **put_in(self.given, own, args)}
        text = args.get(self._only)
        return text if args.keys() == {self._only} and isinstance(text, str) else dict(args)

    @property
    def _only(self) -> str:
        """The name of the one argument of a tool that is called with a text."""
        return next(iter(self.tool.args), "input")
