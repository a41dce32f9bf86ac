"""One who sends messages over a wire, and looks at each answer: is it one, and does it say what is the matter?"""

import json
import random
import re
from dataclasses import dataclass, field
from typing import Any

import anyio

from interrupt_mcp.errors import Error
from tests.fuzz.known import Known
from tests.fuzz.messages import FORMS, Maker
from tests.fuzz.wire import LEGACY, MODERN, Http, Silent, Stdio

SECONDS = 75.0
"""In which each request has its answer: over HTTP a call stays 50 seconds for forms that nobody answers."""
LEAST = 200
"""Messages that tell too little by themselves, of all hands."""
_SAID = re.compile(r"^([a-z_]+): \S.*[.»]$", re.DOTALL)
_INTERNAL = -32603
_GIVEN_UP = 0.05
_PATIENCE = 0.3
"""Seconds."""


def _codes(kind: type[Error]) -> set[str]:
    return {kind.code}.union(*map(_codes, kind.__subclasses__()))


CODES = _codes(Error)


@dataclass
class Told:
    """What happened, for all hands."""

    most: int
    sent: int = 0
    answered: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0

    def count(self, kind: str) -> None:
        self.answered[kind] = self.answered.get(kind, 0) + 1

    def fault(self, what: str, way: str, message: object, answer: object = "") -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        self.faults.append(f"{what} over {way}\n  sent {text[:3000]}\n  got {str(answer)[:1500]}")

    @property
    def over(self) -> bool:
        return self.sent >= self.most or len(self.faults) > 20


class Hand:
    """Sends one message after the other."""

    def __init__(self, name: str, seed: str, wire: Stdio | Http, known: Known, told: Told) -> None:
        self.rng = random.Random(f"{seed} {name}")
        self.way = name.rpartition(" ")[0]
        self.name = name
        self._wire = wire
        self._known = known
        self._told = told
        self._number = 0

    async def go(self, tools: dict[str, Any], until: float) -> None:
        """Send until there were enough of all hands, or it is late and there were not too few."""
        maker = Maker(self.rng, self._known, tools, self._wire.version)
        while not self._told.over and (anyio.current_time() < until or self._told.sent <= LEAST):
            self._told.sent += 1
            if self.rng.random() < 0.15:
                await self._no_message(maker)
            else:
                await self._request(maker)

    async def _no_message(self, maker: Maker) -> None:
        raw = maker.no_message([self._number])
        try:
            await self._wire.tell(raw)
        except Silent:
            self._told.fault("no end", self.way, raw)
        self._told.count("no message")

    async def _request(self, maker: Maker) -> None:
        method, params = maker.request()
        message = {"jsonrpc": "2.0", "id": self._id(), "method": method, "params": params}
        began = anyio.current_time()
        try:
            answer = await (
                self._given_up(message) if self.rng.random() < _GIVEN_UP else self._wire.ask(message, SECONDS)
            )
        except Silent:
            self._told.fault("no answer", self.way, message)
            return
        self._told.slowest = max(self._told.slowest, anyio.current_time() - began)
        if answer is None:
            self._told.count("no answer that can be read")
            return
        self._judge(message, answer)

    async def _given_up(self, message: dict[str, Any]) -> dict[str, Any] | None:
        """Ask, and do not wait for the answer; it may have come already."""
        with anyio.move_on_after(self.rng.random() * _PATIENCE):
            return await self._wire.ask(message, SECONDS)
        told = {"requestId": message["id"], "reason": "no patience"}
        await self._wire.tell(json.dumps({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": told}))
        self._told.count("given up")
        return None

    def _id(self) -> Any:
        self._number += 1
        name = f"{self.name} {self._number}"
        return self.rng.choice((name, name, name, f"{name} é\u202e{'x' * 300}"))

    def _judge(self, message: dict[str, Any], answer: dict[str, Any]) -> None:
        if (error := answer.get("error")) is not None:
            said = error.get("message") if isinstance(error, dict) else None
            if not isinstance(said, str) or not said or "Traceback" in said:
                self._told.fault("an error that says nothing", self.way, message, answer)
            elif error.get("code") == _INTERNAL:
                self._told.fault("an internal error", self.way, message, answer)
            self._told.count(f"error {error.get('code')}")
            return
        result = answer.get("result")
        if not isinstance(result, dict):
            self._told.fault("neither result nor error", self.way, message, answer)
        elif message["method"] == "tools/call":
            self._judge_call(message, result)
        else:
            self._told.count("result")

    def _judge_call(self, message: dict[str, Any], result: dict[str, Any]) -> None:
        if "inputRequests" in result:
            self._told.count("asked")
            self._known.keep("state", (message["params"], result["inputRequests"], result["requestState"]))
            return
        text = result["content"][0]["text"]
        if not result.get("isError"):
            self._told.count("done")
            self._known.learn(result.get("structuredContent"))
            return
        found = _SAID.match(text)
        if found is None or found[1] not in CODES or found[1] == "error":
            self._told.fault("an error without a code", self.way, message, text)
        self._told.count(found[1] if found else "?")


async def greeted(wire: Stdio | Http, seed: str) -> dict[str, Any]:
    """Say hello, where the revision has that; the tools' schemas by name."""
    maker = Maker(random.Random(seed), Known(), {}, wire.version)
    if wire.version == LEGACY:
        hello = {"protocolVersion": LEGACY, "capabilities": FORMS, "clientInfo": {"name": "fuzz", "version": "1"}}
        await wire.ask({"jsonrpc": "2.0", "id": "hello", "method": "initialize", "params": hello}, SECONDS)
        await wire.tell(json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}))
    else:
        assert wire.version == MODERN
    asked = {"jsonrpc": "2.0", "id": "tools", "method": "tools/list", "params": maker.params()}
    answer = await wire.ask(asked, SECONDS)
    assert answer is not None
    return {tool["name"]: tool["inputSchema"] for tool in answer["result"]["tools"]}
