"""`doctor`: what is set up, what is not, and what to do; it changes nothing."""

import os
import sys
import textwrap
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from interrupt_mcp.cli.command import Command
from interrupt_mcp.cli.listing import terminal_width, write, write_json
from interrupt_mcp.process.arguments import working_directory
from interrupt_mcp.text.visible import visible

if TYPE_CHECKING:
    from interrupt_mcp.doctor import Finding

_MARKS = {"ok": "ok", "note": "note", "warning": "WARN", "problem": "FAIL"}
"""In letters that every console has."""
_INDENT = 2
_BEFORE = 8
"""Columns before what is said."""
_WIDEST = 80


def _run(args: Namespace) -> int:
    from interrupt_mcp.doctor import Asked, Level, examine

    asked = Asked(os.environ, working_directory(), args.config, args.database, args.try_model, args.seconds)
    _keep_quiet()
    found = examine(asked)
    well = not any(each.level is Level.PROBLEM for each in found)
    if args.json:
        write_json({"findings": [each.body() for each in found], "ok": well}, sys.stdout)
    else:
        width = terminal_width(sys.stdout)
        write(_lines(found, None if width is None else min(width, _WIDEST)), sys.stdout)
    return 0 if well else 1


def _keep_quiet() -> None:
    """Log nothing: what other parts log of what they find is told as a finding."""
    import logging

    logging.disable(logging.CRITICAL)


def _lines(found: "Sequence[Finding]", width: int | None) -> Iterator[str]:
    for section, findings in groupby(found, lambda each: each.section):
        yield section[0].upper() + section[1:]
        for each in findings:
            mark = f"{' ' * _INDENT}{_MARKS[each.level]}".ljust(_BEFORE)
            yield from _wrapped(each.text, mark, width)
            first, *rest = each.do.split("\n")
            if first:
                yield from _wrapped(first, " " * _BEFORE + "> ", width)
            # What is to be copied is on lines of its own, as it is.
            yield from (f"{' ' * _BEFORE}  {visible(line)}" for line in rest)
        yield ""
    yield _sum(found)


def _wrapped(text: str, before: str, width: int | None) -> list[str]:
    shown = visible(text)
    if width is None:
        return [f"{before}{shown}"]
    room = max(width, _BEFORE + 20)
    return textwrap.wrap(
        shown,
        room,
        initial_indent=before,
        subsequent_indent=" " * len(before),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _sum(found: "Sequence[Finding]") -> str:
    counted = {level: sum(each.level == level for each in found) for level in ("problem", "warning", "note")}
    told = [f"{count} {level}{'' if count == 1 else 's'}" for level, count in counted.items() if count]
    well = "No problems" if not counted["problem"] else "Not all is well"
    return f"{well}: {', '.join(told)}." if told else "All is well."


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 3600:
        raise ArgumentTypeError(f"{text!r} is not a number of seconds from above 0 to 3600")
    return seconds


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON: the findings, and whether all is well")
    parser.add_argument("--try-model", action="store_true", help="call the model of the bundled agents once")
    parser.add_argument(
        "--seconds",
        type=_seconds,
        metavar="N",
        help="how long all agents may take to load, and the model to answer (default: 30 and 20)",
    )


COMMAND = Command("doctor", "tell what is set up, what is not, and what to do", _run, _arguments)
