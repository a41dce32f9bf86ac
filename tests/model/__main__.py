"""`python -m tests.model [EXAMPLES] [SEED]`: many more random pasts than the tests live through.

What breaks a rule is printed as the fewest steps that do, and the seed lives through all of it again.
"""

import secrets
import sys
import time

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.world import World


def main(examples: int, number: int) -> None:
    many = settings(
        max_examples=examples,
        stateful_step_count=20,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    print(f"{examples} random pasts of up to 20 steps, seed {number}", flush=True)
    began = time.monotonic()
    run_state_machine_as_test(seed(number)(World), settings=many)
    print(f"the rules held in all of them, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(given[0] if given else 200, given[1] if given[1:] else secrets.randbelow(10**6))
