"""`python -m tests.conformance`: one line for each version of the protocol, without authentication and with tokens.

The exit code is 1 where a check of ours fails, or one passes in the one case and not in the other.
"""

import sys
import tempfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from tests.conformance import suite


def main() -> int:
    # The server's own words are for where a test fails.
    with tempfile.TemporaryDirectory() as home, redirect_stdout(StringIO()):
        without, with_tokens = suite.run(Path(home, "without")), suite.run_with_tokens(Path(home, "with"))
    good = _told("without authentication", without) and _told("with tokens", with_tokens)
    for one, other in zip(without, with_tokens, strict=True):
        for check in sorted(one.passed ^ other.passed):
            print(f"  {one.version}, {check}: passes {'without' if check in one.passed else 'with'} tokens alone")
            good = False
    return 0 if good else 1


def _told(how: str, outcomes: list[suite.Outcome]) -> bool:
    """Whether all is as expected."""
    for outcome in outcomes:
        print(f"{how}, {outcome}")
        for check, said in outcome.failed.items():
            print(f"  FAILED {check}: {said}")
    for check in suite.stale(outcomes):
        print(f"  {check} is expected to fail and does not; take it out of {suite.EXPECTED.name}")
    return not suite.stale(outcomes) and not any(outcome.failed for outcome in outcomes)


sys.exit(main())
