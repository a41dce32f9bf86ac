"""What is turned round when a line is drawn: Unicode's bidirectional algorithm, as far as plain text needs it."""

import unicodedata


def turned(line: str) -> list[str]:
    """The parts of a line, itself written from left to right, that are drawn from right to left."""
    levels = _levels([unicodedata.bidirectional(each) for each in line])
    parts, part = [], ""
    for each, level in zip(line + " ", [*levels, 0], strict=True):
        if level:
            part += each
        elif part:
            parts.append(part)
            part = ""
    return parts


def begins_from_the_left(line: str) -> bool:
    """Whether a window that goes by a line's first letter draws it from left to right."""
    first = next((kind for each in line if (kind := unicodedata.bidirectional(each)) in ("L", "R", "AL")), "L")
    return first == "L"


def _levels(kinds: list[str]) -> list[int]:
    kinds = _weak(kinds)
    neutral = [kind not in ("L", "R", "EN", "AN") for kind in kinds]
    for at, _ in enumerate(kinds):
        if neutral[at]:
            before = next((_side(kinds[i]) for i in reversed(range(at)) if not neutral[i]), "L")
            after = next((_side(kinds[i]) for i in range(at, len(kinds)) if not neutral[i]), "L")
            kinds[at] = "R" if before == after == "R" else "L"
    return [{"L": 0, "R": 1}.get(kind, 2) for kind in kinds]


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R"


def _weak(given: list[str]) -> list[str]:
    kinds: list[str] = []
    for kind in given:
        kinds.append((kinds[-1] if kinds else "L") if kind == "NSM" else kind)
    strong = "L"
    for at, kind in enumerate(kinds):
        strong = kind if kind in ("L", "R", "AL") else strong
        if kind == "EN" and strong == "AL":
            kinds[at] = "AN"
    kinds = ["R" if kind == "AL" else kind for kind in kinds]
    for at in range(1, len(kinds) - 1):
        around = (kinds[at - 1], kinds[at + 1])
        if (kinds[at] in ("ES", "CS") and around == ("EN", "EN")) or (kinds[at] == "CS" and around == ("AN", "AN")):
            kinds[at] = around[0]
    for at, kind in enumerate(kinds):
        if kind == "ET" and (_next_but(kinds[at:], "ET") == "EN" or _next_but(kinds[at::-1], "ET") == "EN"):
            kinds[at] = "EN"
    strong = "L"
    for at, kind in enumerate(kinds):
        strong = kind if kind in ("L", "R") else strong
        if kind == "EN" and strong == "L":
            kinds[at] = "L"
    return kinds


def _next_but(kinds: list[str], kind: str) -> str:
    return next((each for each in kinds if each != kind), "")
