"""Two who choose the same names: each has a thread and a run of their own under them, and nothing of the other's."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from interrupt_mcp.model import Principal
from interrupt_mcp.model.thread_ids import qualified
from tests.shared.asking import Caller, calling
from tests.shared.served import D, L, R, Shared

NAME = "the same / name ünï"
KEY = "the same key"
COVERED = ("index", "action", "args", "args_schema", "allowed", "round")
"""Of a request, what the digest covers."""


@pytest.fixture
def both(at: Shared, version: str) -> Iterator[tuple[Caller, Caller]]:
    with (
        calling(at.server, at.token("ann", R, L, D), version) as ann,
        calling(at.server, at.token("bob", R, L, D), version) as bob,
    ):
        yield ann, bob
        for each in (ann, bob):
            for run in each.call("list_runs", status="interrupted").value["runs"]:
                each.call("cancel_run", run_id=run["run_id"])


def start(caller: Caller, version: str, message: str = "go") -> dict[str, Any]:
    given = {"thread_id": f"{NAME} {version}", "idempotency_key": f"{KEY} {version}"}
    return caller.call("start_run", agent="free", message=message, **given).value


def test_each_goes_on_with_their_own_by_the_name_they_chose(both: tuple[Caller, Caller], version: str) -> None:
    runs = [start(caller, version, message) for caller, message in zip(both, ("mine", "yours"), strict=True)]
    name = f"{NAME} {version}"
    assert runs[0]["run_id"] != runs[1]["run_id"]
    for caller, run, message in zip(both, runs, ("mine", "yours"), strict=True):
        assert run["thread_id"] == name
        assert start(caller, version, message)["run_id"] == run["run_id"]
        assert [each["run_id"] for each in caller.call("list_runs", thread_id=name).value["runs"]] == [run["run_id"]]
        pending = caller.call("list_interrupts", thread_id=name).value["interrupts"]
        assert [each["run_id"] for each in pending] == [run["run_id"]]
        thread = caller.call("get_thread", thread_id=name).value
        assert (thread["thread_id"], thread["values"]["messages"][0]["content"]) == (name, message)
        read = caller.read(f"thread://{quote(name, safe='')}").result["contents"][0]["text"]
        assert json.loads(read)["values"] == thread["values"]
        copy = caller.call("fork_thread", thread_id=name).value
        assert copy["values"] == thread["values"]
        (last, *_) = thread["checkpoints"]
        again = caller.call("rewind_thread", thread_id=name, checkpoint_id=last["checkpoint_id"]).value
        assert (again["thread_id"], again["status"]) == (name, "interrupted")
    assert both[0].call("get_run", run_id=runs[1]["run_id"]).word() == "unknown_run"
    (last, *_) = both[1].call("get_thread", thread_id=name).value["checkpoints"]
    stolen = both[0].call("rewind_thread", thread_id=name, checkpoint_id=last["checkpoint_id"])
    assert stolen.word() == "unknown_checkpoint"
    forked = both[0].call("fork_thread", thread_id=name, checkpoint_id=last["checkpoint_id"])
    assert forked.word() == "unknown_checkpoint"
    before = both[0].call("get_thread", thread_id=name, before=last["checkpoint_id"])
    assert before.word() == "unknown_checkpoint"


def test_the_digest_is_made_of_what_is_shown(both: tuple[Caller, Caller], version: str) -> None:
    for caller in both:
        (asked,) = caller.call("start_run", agent="free", message="go", thread_id=f"shown {version}").value[
            "interrupts"
        ]
        assert asked["digest"] == digest_of(asked)


def digest_of(asked: dict[str, Any]) -> str:
    """The digest as a client makes it: what is in it is ASCII, or as it is in canonical JSON."""
    requests = [{name: each[name] for name in COVERED if name in each} for each in asked["requests"]]
    whole = {**{name: asked[name] for name in ("agent", "thread_id", "interrupt_id", "value")}, "requests": requests}
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("stolen", ["{whole}", "{whole}~x", "~{name}", "t0123456789abcdef~{name}"])
def test_an_id_under_which_anothers_is_kept_leads_nowhere(
    at: Shared, both: tuple[Caller, Caller], version: str, stolen: str
) -> None:
    ann, bob = both
    name = f"kept {version} {stolen.encode().hex()}"
    ann.call("start_run", agent="free", message="secret of ann", thread_id=name)
    kept = qualified(at.settings.project, Principal.read("token:ann"), name)
    guess = stolen.format(whole=kept, name=name)
    for tool, more in (("get_thread", {}), ("fork_thread", {}), ("rewind_thread", {"checkpoint_id": "x"})):
        assert bob.call(tool, thread_id=guess, **more).word() == "unknown_thread"
    assert bob.call("list_runs", thread_id=guess).value["runs"] == []
    assert bob.call("list_interrupts", thread_id=guess).value["interrupts"] == []
    run = bob.call("start_run", agent="free", message="bob's own", thread_id=guess).value
    assert run["status"] == "interrupted"
    thread = bob.call("get_thread", thread_id=guess).value
    assert "secret of ann" not in json.dumps(thread)
    mine = ann.call("get_thread", thread_id=name).value
    assert "bob's own" not in json.dumps(mine)
    assert [each["thread_id"] for each in ann.call("list_runs", thread_id=name).value["runs"]] == [name]
