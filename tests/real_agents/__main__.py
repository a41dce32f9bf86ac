"""`python -m tests.real_agents [PACKAGE ...]`: what agents with these packages do; exit code 1 where not as expected.

--write   the table into docs/agents.md
"""

import argparse
import sys

from tests.real_agents import report
from tests.real_agents.running import Outcome, outcomes
from tests.real_agents.trials import PACKAGES


def read_arguments(given: list[str]) -> argparse.Namespace:
    """Return `packages`, names of which there may be none, and `write`; end the process where they do not go."""
    known = [package.name for package in PACKAGES]
    parser = argparse.ArgumentParser(prog="python -m tests.real_agents", epilog=", ".join(known))
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help="all, if none is named")
    parser.add_argument("--write", action="store_true", help="into docs/agents.md")
    args = parser.parse_args(given)
    if unknown := [name for name in args.packages if name not in known]:
        parser.error(f"there is no package {unknown[0]!r}, only {', '.join(known)}")
    if args.write and args.packages:
        parser.error("only a whole table is written: name no package with --write")
    return args


def main(given: list[str]) -> int:
    args = read_arguments(given)
    found: list[Outcome] = []
    for package in PACKAGES:
        if package.name in (args.packages or [package.name]):
            print(f"{package.name} ...", file=sys.stderr, flush=True)
            found += outcomes(package)
    print(report.table(found), flush=True)
    if args.write:
        report.write(found)
    return 0 if all(outcome.good for outcome in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
