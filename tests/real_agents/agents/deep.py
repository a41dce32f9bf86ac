"""Deep agents: with a subagent that pays, with files that last, and with writing that a person is asked about."""

from deepagents import create_deep_agent
from deepagents.backends import CompositeBackend, StateBackend, StoreBackend

from tests.real_agents.agents.bank import balance, model, pay

ASKED = {"pay": True}

subagents = create_deep_agent(
    model(),
    [balance],
    subagents=[
        {
            "name": "cashier",
            "description": "Pays.",
            "system_prompt": "You pay what you are told to.",
            "tools": [pay],
            "interrupt_on": ASKED,
        }
    ],
)

files = create_deep_agent(model(), [balance], interrupt_on={"write_file": True})

lasting = create_deep_agent(
    model(),
    [balance],
    backend=CompositeBackend(
        default=StateBackend(), routes={"/memories/": StoreBackend(namespace=lambda _runtime: ("files",))}
    ),
)
