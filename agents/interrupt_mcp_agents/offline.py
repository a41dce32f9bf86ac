"""A deterministic chat model, for trying and testing an agent without a key.

It knows the requests that the agent's own `Rule`s describe and, in every agent, a message of lines `call TOOL {json}`.
All that one message asks for is called at once, in parallel. When the results are there it tells what came of each, and
it calls nothing again before a person writes a new message.
"""

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from langchain.chat_models import BaseChatModel, init_chat_model
from langchain.messages import AIMessage, AIMessageChunk, HumanMessage, ToolMessage
from langchain.tools import BaseTool
from langchain_core.language_models import LanguageModelInput
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import BaseMessage
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool

Call = tuple[str, dict[str, Any]]

# May stand between two requests of one message; it does only where a request follows, so "late and broken" stays whole.
BETWEEN_REQUESTS = re.compile(r"(?:\s*(?:[,;.!?]|\b(?:and|then|also|please)\b))+\s+|\s*\n\s*", re.IGNORECASE)
BETWEEN_ITEMS = re.compile(r"\s*(?:[,;&]|\band\b)\s*(?:the\s+)?", re.IGNORECASE)
EXPLICIT_CALL = re.compile(r"^\s*call (\w+) (\{.*\})\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Rule:
    """A request in plain words, and the tool call that it stands for."""

    example: str
    pattern: str
    """What the request looks like, in any case; the named groups are the tool's arguments."""
    tool: str
    args: Mapping[str, Any] = field(default_factory=dict)
    """The arguments where the request names none."""
    each: str = ""
    """The argument that may be a list, as in "the Ritz, the Plaza and the Savoy": one call for each."""

    def find(self, text: str) -> re.Match[str] | None:
        """Return where the text first makes the request."""
        return re.search(rf"\b(?:{self.pattern})", text, re.IGNORECASE | re.DOTALL)

    def begins(self, text: str) -> bool:
        """Return whether the text begins with the request."""
        found = self.find(text)
        return found is not None and found.start() == 0

    def calls(self, found: re.Match[str]) -> Iterator[Call]:
        """Yield the tool calls that the request stands for."""
        named = {name: value for name, value in found.groupdict().items() if value is not None}
        args = named | {name: value for name, value in self.args.items() if name not in named}
        if not self.each:
            yield self.tool, args
            return
        for item in filter(None, BETWEEN_ITEMS.split(args[self.each])):
            yield self.tool, {**args, self.each: item}


def explicit_calls(text: str) -> list[Call]:
    """Return the calls of all lines `call TOOL {json}`.

    Raises:
        JSONDecodeError: the arguments of one cannot be read.
    """
    return [(name, json.loads(args)) for name, args in EXPLICIT_CALL.findall(text)]


def requested_calls(text: str, rules: Sequence[Rule]) -> Iterator[Call]:
    """Yield the calls for all requests of a message; of each request, the rule that fits first counts."""
    cuts = [cut for cut in BETWEEN_REQUESTS.finditer(text) if any(rule.begins(text[cut.end() :]) for rule in rules)]
    starts, ends = [0, *(cut.end() for cut in cuts)], [*(cut.start() for cut in cuts), len(text)]
    for start, end in zip(starts, ends, strict=True):
        matches = [(found, rule) for rule in rules if (found := rule.find(text[start:end]))]
        if matches:
            found, rule = min(matches, key=lambda match: match[0].start())
            yield from rule.calls(found)


def typed(args: Mapping[str, Any], function: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments with numbers where the tool takes numbers: a rule finds text only."""
    properties = function["parameters"]["properties"]
    numbers = {name for name, schema in properties.items() if schema.get("type") in ("integer", "number")}
    return {
        name: json.loads(value) if name in numbers and isinstance(value, str) else value for name, value in args.items()
    }


def outcome(message: ToolMessage) -> str:
    """Return what came of a tool call, as a line."""
    verb = " did not succeed" if message.status == "error" else ""
    return f"{message.name or 'tool'}{verb}: {message.text}"


class OfflineModel(BaseChatModel):
    """A chat model that follows rules, as the module says."""

    rules: tuple[Rule, ...] = ()

    @property
    def _llm_type(self) -> str:
        return "offline"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,  # noqa: ARG002 - which tool to call is what the rules say
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(self, messages: list[BaseMessage], *_: Any, **kwargs: Any) -> ChatResult:
        return generate_from_stream(self._stream(messages, **kwargs))

    def _stream(
        self, messages: list[BaseMessage], *_: Any, tools: Sequence[Mapping[str, Any]] = (), **__: Any
    ) -> Iterator[ChatGenerationChunk]:
        functions = {tool["function"]["name"]: tool["function"] for tool in tools}
        text, calls = self._reply(messages, functions)
        for word in re.findall(r"\s*\S+|\s+$", text):
            yield ChatGenerationChunk(message=AIMessageChunk(content=word))
        for index, (name, args) in enumerate(calls):
            # The same conversation gets the same ids, and no two calls of a conversation share one.
            call_id = f"call_{uuid5(NAMESPACE_OID, f'{len(messages)}.{index}').hex}"
            chunk = tool_call_chunk(name=name, args=json.dumps(args), id=call_id, index=index)
            yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_call_chunks=[chunk]))
        yield ChatGenerationChunk(message=AIMessageChunk(content="", chunk_position="last"))

    def _reply(self, messages: list[BaseMessage], functions: Mapping[str, Mapping[str, Any]]) -> tuple[str, list[Call]]:
        """Return an answer, or the tool calls to make: one of the two is empty."""
        last = max((at for at, message in enumerate(messages) if isinstance(message, HumanMessage)), default=0)
        results = [message for message in messages[last:] if isinstance(message, ToolMessage)]
        if results:
            return "(offline model) " + "\n".join(map(outcome, results)), []
        request, rules = messages[last].text, [rule for rule in self.rules if rule.tool in functions]
        try:
            calls = explicit_calls(request) or [
                (name, typed(args, functions[name])) for name, args in requested_calls(request, rules)
            ]
        except json.JSONDecodeError as error:
            return f"(offline model) The arguments of that call cannot be read: {error}", []
        if calls:
            return "", calls
        known = "".join(f"\n- {rule.example}" for rule in rules)
        return f"(offline model) I only know requests like these:{known}\n- call TOOL {{json}}", []


def model(rules: Sequence[Rule]) -> BaseChatModel:
    """Return the offline model, or the one that INTERRUPT_MCP_MODEL names in the words of `init_chat_model`."""
    name = os.environ.get("INTERRUPT_MCP_MODEL") or "offline"
    return OfflineModel(rules=tuple(rules)) if name == "offline" else init_chat_model(name)
