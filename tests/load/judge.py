"""What came of it: what was done, compared with what was decided, and how long everybody had to wait."""

import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.load.people import Journal


@dataclass(frozen=True)
class Verdict:
    """Faults are told one by one; waits are in seconds."""

    faults: list[str]
    effects: int
    to_model: list[float]
    """From sending a start until the run's model was asked."""
    to_tool: list[float]
    """From sending a decision until the tool began."""


def judge(effects: Path, journal: Journal) -> Verdict:
    amounts: defaultdict[str, list[int]] = defaultdict(list)
    at: dict[tuple[str, str], float] = {}
    for line in effects.read_text().splitlines():
        note = json.loads(line)
        at.setdefault((note["what"], note["key"]), note["at"])
        if note["what"] == "did":
            amounts[note["key"]].append(note["amount"])
    faults = [f"not acknowledged, and done all the same: {key}" for key in amounts.keys() - journal.words.keys()]
    faults += [
        f"{key}: done with {amounts[key]}, decided was {word.amounts}"
        for key, word in journal.words.items()
        if amounts[key] != word.amounts
    ]
    return Verdict(
        faults,
        sum(map(len, amounts.values())),
        [at["asked", key] - sent for key, sent in journal.started.items() if ("asked", key) in at],
        [at["began", key] - word.sent for key, word in journal.words.items() if ("began", key) in at],
    )


def spread(seconds: Collection[float]) -> str:
    """Median, 95 and 99 of a hundred, and the longest."""
    if not seconds:
        return "-"
    found = sorted(seconds)
    at = [median(found), *(found[min(len(found) - 1, int(len(found) * part))] for part in (0.95, 0.99)), found[-1]]
    return " / ".join(f"{each:.3f}" if each < 10 else f"{each:.1f}" for each in at)
