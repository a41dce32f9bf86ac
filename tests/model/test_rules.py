"""The ten rules against random starts, decisions, cancels and deaths; `python -m tests.model` does it for longer."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.world import World


def test_whatever_people_do_and_whenever_a_process_dies_the_rules_hold() -> None:
    few = settings(
        max_examples=4,
        stateful_step_count=15,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(World, settings=few)
