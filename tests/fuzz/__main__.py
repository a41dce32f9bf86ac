"""`python -m tests.fuzz`: messages and arguments at random, over both transports and in both eras of the protocol.

It prints what was sent and answered, and what is wrong; its exit code is 1 where anything is.
"""

import argparse
import json
import os
import platform
import random
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import anyio
import httpx2

from tests.fuzz import agents
from tests.fuzz.hand import Hand, Told, greeted
from tests.fuzz.judge import judged
from tests.fuzz.known import Known
from tests.fuzz.messages import Maker
from tests.fuzz.wire import LEGACY, MODERN, Http, stdio
from tests.processes import http_server, over_http

_HANDS = 4
"""For each way."""
_LAST_ANSWERS = 15.0
_UNANSWERED = 0.1
"""Of the forms over stdio."""


def project(home: Path) -> Path:
    """A `langgraph.json` with the agents of the fuzz."""
    config = home / "langgraph.json"
    root = os.path.relpath(Path(__file__).parents[2], home.resolve())
    graphs = {name: f"{agents.__file__}:{name}" for name in agents.GOOD}
    config.write_text(json.dumps({"graphs": graphs, "dependencies": [root]}))
    return config


async def fuzzed(seed: str, messages: int, home: Path, seconds: float = 3600) -> Told:
    """Send so many messages, or as many as there is time for, and look at everything."""
    known, told = Known(), Told(messages)
    environ = {"INTERRUPT_MCP_CONFIG": str(project(home)), "EFFECTS": str(home / "effects")}
    forms = Maker(random.Random(f"{seed} forms"), known, {}, LEGACY)

    async def answered(message: dict[str, Any]) -> Any:
        return {"result": forms.answer(message.get("params", {}))}

    async def sometimes(message: dict[str, Any]) -> Any:
        return None if forms.rng.random() < _UNANSWERED else await answered(message)

    with http_server(home, **environ) as server:
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(httpx2.AsyncClient(trust_env=False, timeout=None))
            wires = {
                "stdio modern": await stack.enter_async_context(stdio(home, MODERN, sometimes, **environ)),
                "stdio legacy": await stack.enter_async_context(stdio(home, LEGACY, sometimes, **environ)),
                "http modern": Http(server.url, MODERN, client, answered),
                "http legacy": Http(server.url, LEGACY, client, answered),
            }
            tools = {way: await greeted(wire, seed) for way, wire in wires.items()}
            # A call may stay 50 seconds for a form that nobody answers in a way that can be read.
            with anyio.move_on_after(seconds + _LAST_ANSWERS):
                async with anyio.create_task_group() as tasks:
                    until = anyio.current_time() + seconds
                    for way, wire in wires.items():
                        for number in range(_HANDS):
                            hand = Hand(f"{way} {number}", seed, wire, known, told)
                            tasks.start_soon(hand.go, tools[way], until)
            for way, wire in wires.items():
                await greeted(wire, seed) if way.endswith("modern") else None
                told.faults += getattr(wire, "faults", [])
        async with over_http(server.url) as door:
            told.faults += await judged(door, known, home)
        said = "".join(server.said) + "".join(file.read_text() for file in home.glob("stderr-*.txt"))
    if "Traceback" in said:
        place = said.index("Traceback")
        told.faults.append(f"a traceback on stderr:\n{said[max(0, place - 500) : place + 3000]}")
    return told


def table(told: Told, seconds: float) -> str:
    kinds = sorted(told.answered.items(), key=lambda each: -each[1])
    lines = [f"{told.sent:,} messages in {seconds:.0f} s, the slowest answer after {told.slowest:.1f} s"]
    return "\n".join([*lines, *(f"{count:7,} {kind}" for kind, count in kinds)])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", default=str(random.randrange(10**6)), help="what is random is made from it")
    parser.add_argument("--messages", type=int, default=25_000)
    parser.add_argument("--keep", type=Path, help="an empty directory for the database and logs")
    args = parser.parse_args()
    home = args.keep or Path(tempfile.mkdtemp(prefix="fuzz-"))
    home.mkdir(exist_ok=True)
    print(f"seed {args.seed}, {platform.platform()}, Python {platform.python_version()}, files in {home}", flush=True)
    began = time.monotonic()
    told = anyio.run(fuzzed, args.seed, args.messages, home)
    print(table(told, time.monotonic() - began))
    for fault in told.faults:
        print(f"\n{fault}")
    print(f"\n{len(told.faults)} faults. Again: make fuzz SEED={args.seed}")
    return 1 if told.faults else 0


if __name__ == "__main__":
    sys.exit(main())
