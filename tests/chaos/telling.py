"""What there is to say of a storm, as a table."""

from tests.chaos.judge import Verdict
from tests.chaos.storm import Storm


def rows(storm: Storm, verdict: Verdict, seconds: float) -> dict[str, str]:
    """What there is to say of a storm."""
    happened = _on_server(storm) if storm.size.on_server else _on_file(storm)
    return _verdict(verdict) | happened | _done(storm, verdict, seconds)


def _verdict(verdict: Verdict) -> dict[str, str]:
    counts = {
        "runs lost": len(verdict.lost_runs),
        "acknowledged decisions lost": len(verdict.lost_decisions),
        "effects repeated without a person's word": len(verdict.repeated),
        "threads broken": len(verdict.broken),
        "anything else that nobody should see": len(verdict.odd),
    }
    return {name: str(value) for name, value in counts.items()}


def _on_file(storm: Storm) -> dict[str, str]:
    journal = storm.journal
    counts = {
        "kill -9": journal.kills,
        "told to leave, and killed within two seconds": journal.leaves,
        "SIGSTOP and SIGCONT, dead to the others meanwhile": journal.stops,
        "their runs taken over meanwhile": journal.zombies,
        "workers: kill -9": storm.servers.killed_workers,
        "workers: told to leave": journal.worker_leaves,
        "workers: stopped, runs taken over meanwhile": f"{journal.worker_stops}, {journal.worker_zombies}",
        "processes that hardly got anywhere for a while": journal.starvations,
        "workers: without more memory for a while": journal.hungers,
        "runs ended for want of memory, and tried again": len(journal.hungry),
        "runs ended since processes died with them, and tried again": len(journal.died),
        "writes of replaced drivers refused": storm.home.lines("refused"),
        "a process's disk full, the file read-only": f"{journal.fills}, {journal.locks}",
        "calls refused, to be made again": journal.refused["unavailable"],
    }
    return {name: str(value) for name, value in counts.items()}


def _on_server(storm: Storm) -> dict[str, str]:
    journal = storm.journal
    kinds = journal.kinds
    counts = {
        "kill -9": journal.kills,
        "told to leave, and killed within two seconds": journal.leaves,
        "SIGSTOP and SIGCONT, longer than the lease where it had runs": journal.stops,
        "their runs taken over meanwhile": journal.zombies,
        "PostgreSQL stopped fast, immediately": f"{kinds['fast']}, {kinds['immediate']}",
        "connections cut, refused": f"{kinds['cut']}, {kinds['refused']}",
        "dropped, delayed, half closed": f"{kinds['dropped']}, {kinds['delayed']}, {kinds['half closed']}",
        "processes that lost notifications": kinds["deaf"],
        "processes whose clock was wrong": kinds["wrong clock"],
        "new versions deployed, replicas replaced": f"{journal.deploys}, {journal.replaced}",
        "50 identical starts at once": journal.herds,
        "cancelled from two sides while decided on": journal.races,
        "writes of replaced drivers refused": storm.home.lines("refused"),
        "calls refused, to be made again": journal.refused["unavailable"],
        "calls without an answer of a process that lived": sum(journal.failed.values()),
        "faults": journal.faults,
    }
    return {name: str(value) for name, value in counts.items()}


def _done(storm: Storm, verdict: Verdict, seconds: float) -> dict[str, str]:
    journal = storm.journal
    asked = len(journal.asked_in_doubt)
    words = [word.type for word in journal.words.values() if word.in_doubt and word.acknowledged]
    answers = ", ".join(f"{words.count(kind)} {kind}" for kind in ("accept", "respond", "reject"))
    counts = {
        "runs": len(journal.started),
        "decisions kept": verdict.decisions,
        "decisions acknowledged": sum(word.acknowledged for word in journal.words.values()),
        "effects": verdict.effects,
        "unknown outcomes asked": asked,
        "answered": answers,
        "seconds": f"{seconds:.0f}",
    }
    return {name: str(value) for name, value in counts.items()}


def table(columns: dict[str, dict[str, str]]) -> str:
    names = list(next(iter(columns.values())))
    lines = [["", *columns], *([name, *(column[name] for column in columns.values())] for name in names)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
