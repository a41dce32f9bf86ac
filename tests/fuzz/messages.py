"""Messages at random: calls of every tool, everything else that the protocol has, and what is no message at all."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.fuzz.agents import GOOD
from tests.fuzz.known import Known
from tests.fuzz.values import TEXTS, anything, broken, like
from tests.fuzz.wire import MODERN

_NAMED = {
    "run_id": "run_id",
    "thread_id": "thread_id",
    "checkpoint_id": "checkpoint_id",
    "before": "checkpoint_id",
    "cursor": "next_cursor",
    "digest": "digest",
    "interrupt_id": "interrupt_id",
}
"""What is known that fits an argument of this name."""
_PROMPTS = ("review_pending", *GOOD)
FORMS = {"elicitation": {"form": {}}}


@dataclass(frozen=True)
class Maker:
    """Makes the messages of one hand; `tools` are the schemas of what can be called."""

    rng: random.Random
    known: Known
    tools: Mapping[str, Any]
    version: str

    def params(self, **given: Any) -> dict[str, Any]:
        """As the revision wants them."""
        if self.version != MODERN:
            return given
        meta = {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientInfo": {"name": "fuzz", "version": "1"},
            "io.modelcontextprotocol/clientCapabilities": FORMS if self.rng.random() < 0.5 else {},
        }
        return {**given, "_meta": meta}

    def request(self) -> tuple[str, dict[str, Any]]:
        """A method, and parameters for it."""
        if self.rng.random() < 0.75:
            return "tools/call", self._call()
        return self._other()

    def _call(self) -> dict[str, Any]:
        if self.rng.random() < 0.1 and (asked := self.known.one(self.rng, "state")):
            return self._answered(asked)
        name = self.rng.choice(list(self.tools))
        if name in ("list_agents", "cancel_run") and self.rng.random() < 0.7:
            name = self.rng.choice(("start_run", "resume_run"))
        arguments: Any = getattr(self, f"_{name}", lambda: self._by_schema(name))()
        if self.rng.random() < 0.35:
            arguments = broken(self.rng, arguments)
        if self.rng.random() < 0.01:
            name = self.rng.choice(TEXTS)
        params = self.params(name=name, arguments=arguments)
        if self.rng.random() < 0.03:
            params |= {"inputResponses": anything(self.rng), "requestState": self._forged()}
        return params

    def _by_schema(self, name: str) -> dict[str, Any]:
        schema = self.tools[name]
        arguments = like(self.rng, schema, schema)
        for argument in schema["properties"]:
            if argument in _NAMED and self.rng.random() < 0.8:
                known = self.known.one(self.rng, _NAMED[argument])
                if known is not None and (argument in arguments or self.rng.random() < 0.4):
                    arguments[argument] = known
        if "wait_seconds" in schema["properties"]:
            arguments["wait_seconds"] = self.rng.choice((0, 0, 0.1, 1))
        return arguments  # type: ignore[no-any-return]

    def _start_run(self) -> dict[str, Any]:
        agent = self.rng.choice(list(GOOD))
        arguments = {"agent": agent, **GOOD[agent], "wait_seconds": self.rng.choice((0, 0.5, 2))}
        if self.rng.random() < 0.3 and (thread := self.known.one(self.rng, "thread_id")):
            arguments |= {"thread_id": thread, "agent": self.known.agents.get(thread, agent)}
        if self.rng.random() < 0.2:
            arguments["on_interrupted"] = self.rng.choice(("refuse", "reject"))
        if self.rng.random() < 0.1:
            arguments["idempotency_key"] = self.rng.choice(TEXTS)
        if self.rng.random() < 0.3:
            arguments.pop("message", None)
            arguments["input"] = broken(self.rng, arguments.get("input", {"messages": [["user", "x"], "y"]}))
        if self.rng.random() < 0.05:
            arguments["context"] = anything(self.rng)
        return arguments

    def _resume_run(self) -> dict[str, Any]:
        asked = self.known.one(self.rng, "interrupt")
        if asked is None or self.rng.random() < 0.2:
            return self._by_schema("resume_run")
        decisions = [self._decision(asked) for _ in range(self.rng.choice((0, 1, 1, 1, 2)))]
        run_id = asked["run_id"] if self.rng.random() < 0.9 else self.known.one(self.rng, "run_id")
        return {"run_id": run_id, "decisions": decisions, "wait_seconds": self.rng.choice((0, 0.5, 2))}

    def _decision(self, asked: Any) -> dict[str, Any]:
        request = self.rng.choice(asked["requests"] or [{"index": 0, "args": {}, "allowed": ["accept"]}])
        kind = self.rng.choice(request["allowed"] if self.rng.random() < 0.8 else ["accept", "edit", "respond", "no"])
        decision: dict[str, Any] = {"type": kind, "interrupt_id": asked["interrupt_id"], "index": request["index"]}
        if kind == "edit":
            decision["args"] = {**request["args"], "amount": self.rng.randrange(100)}
        if kind == "respond":
            decision["value"] = anything(self.rng)
        if self.rng.random() < 0.2:
            decision["digest"] = asked["digest"]
        if self.rng.random() < 0.1:
            decision["interrupt_id"] = asked["code"]
        return decision if self.rng.random() < 0.8 else broken(self.rng, decision)

    def _answered(self, asked: Any) -> dict[str, Any]:
        """A call that was asked something, once more, with answers: right ones, others', or the same again."""
        params, forms, state = asked
        content = {key: self.answer(form.get("params", {})) for key, form in forms.items()}
        if self.rng.random() < 0.2:
            content = broken(self.rng, content)
        if self.rng.random() < 0.2:
            state = self._forged()
        if self.rng.random() < 0.1:
            params = {**params, "arguments": broken(self.rng, params["arguments"])}
        return {**params, "inputResponses": content, "requestState": state}

    def _forged(self) -> Any:
        known = self.known.one(self.rng, "state")
        if known is None or self.rng.random() < 0.3:
            return anything(self.rng)
        state = known[2]
        place = self.rng.randrange(len(state))
        return self.rng.choice((state[:place], state[:place] + "x" + state[place + 1 :], state + "=", state))

    def answer(self, form: Any) -> Any:
        """What somebody does with a form."""
        if self.rng.random() < 0.1:
            return anything(self.rng)
        action = self.rng.choice(("accept", "accept", "accept", "decline", "cancel"))
        if action != "accept":
            return {"action": action}
        schema = form.get("requestedSchema", {})
        content = like(self.rng, schema, schema)
        for name, field in schema.get("properties", {}).items():
            if "default" in field and self.rng.random() < 0.8:
                content[name] = field["default"]
        return {"action": "accept", "content": content if self.rng.random() < 0.85 else broken(self.rng, content)}

    def _other(self) -> tuple[str, dict[str, Any]]:
        rng = self.rng
        uri = rng.choice((self._uri(), self._uri(), anything(rng)))
        prompt = {"name": rng.choice(_PROMPTS), "arguments": {"request": rng.choice(TEXTS)}}
        completion = {
            "ref": {"type": "ref/prompt", "name": rng.choice(_PROMPTS)},
            "argument": {"name": rng.choice(("agent", "run_id", "thread_id", "x")), "value": rng.choice(TEXTS)},
        }
        method, given = rng.choice(
            (
                ("resources/read", {"uri": uri}),
                ("resources/read", {"uri": uri}),
                ("resources/list", {"cursor": rng.choice(TEXTS)} if rng.random() < 0.3 else {}),
                ("resources/templates/list", {}),
                ("resources/subscribe", {"uri": uri}),
                ("resources/unsubscribe", {"uri": uri}),
                ("subscriptions/listen", {"notifications": {"resourceSubscriptions": [uri, self._uri()]}}),
                ("subscriptions/listen", {"notifications": {"toolsListChanged": anything(rng)}}),
                ("prompts/list", {}),
                ("prompts/get", prompt),
                ("completion/complete", completion),
                ("tools/list", {}),
                ("ping", {}),
                ("logging/setLevel", {"level": rng.choice(("debug", "loud"))}),
                ("server/discover", {}),
                ("initialize", {"protocolVersion": rng.choice(TEXTS), "capabilities": {}, "clientInfo": {}}),
                ("tasks/get", {"taskId": "x"}),
                (rng.choice(TEXTS), {}),
            )
        )
        params = self.params(**given)
        return method, broken(rng, params) if rng.random() < 0.3 else params

    def _uri(self) -> str:
        kind = self.rng.choice(("run_id", "thread_id", "none"))
        if kind == "none":
            return "interrupts://pending"
        return f"{kind.removesuffix('_id')}://{self.known.one(self.rng, kind) or 'x'}"

    def no_message(self, numbers: list[int]) -> str:
        """Something that is no request, or no JSON; `numbers` are those of requests that are going on."""
        rng = self.rng
        other = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": self.params(requestId=anything(rng))}
        if numbers and rng.random() < 0.5:
            other["params"] = self.params(requestId=rng.choice(numbers), reason=rng.choice(TEXTS))
        good = {"jsonrpc": "2.0", "id": f"no-{rng.randrange(10**9)}", "method": "tools/list", "params": self.params()}
        text = json.dumps(good)
        return rng.choice(  # type: ignore[no-any-return]
            (
                json.dumps(other),
                json.dumps(other),
                json.dumps({"jsonrpc": "2.0", "method": rng.choice(TEXTS), "params": anything(rng)}),
                json.dumps({"jsonrpc": "2.0", "method": "notifications/progress", "params": anything(rng)}),
                json.dumps({"jsonrpc": "2.0", "id": anything(rng), "result": anything(rng)}),
                json.dumps({"jsonrpc": "2.0", "id": rng.choice((None, 1.5, [], {}, True)), "method": "ping"}),
                json.dumps(broken(rng, good)),
                json.dumps([good, good]),
                json.dumps(anything(rng)),
                text[: rng.randrange(len(text))],
                text.replace('"', "'"),
                "{" * 300,
                "[" * 5_000,
                '{"jsonrpc": "2.0", "id": 1, "id": 2, "method": NaN}',
                "",
            )
        )
