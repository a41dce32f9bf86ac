"""`python -m tests.conformance`: one line for each version of the protocol, exit code 1 where a check of ours fails."""

import sys
import tempfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from tests.conformance import suite


def main() -> int:
    # The server's own words are for where a test fails.
    with tempfile.TemporaryDirectory() as home, redirect_stdout(StringIO()):
        outcomes = suite.run(Path(home))
    for outcome in outcomes:
        print(outcome)
        for check, said in outcome.failed.items():
            print(f"  FAILED {check}: {said}")
    for check in suite.stale(outcomes):
        print(f"  {check} is expected to fail and does not; take it out of {suite.EXPECTED.name}")
    return 1 if suite.stale(outcomes) or any(outcome.failed for outcome in outcomes) else 0


sys.exit(main())
