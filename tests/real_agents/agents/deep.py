"""Deep agents: with a subagent that pays, with files that last, and with writing that a person is asked about."""

from deepagents import create_deep_agent
from deepagents.backends import CompositeBackend, StateBackend, StoreBackend
from langchain_anthropic import ChatAnthropic

from tests.real_agents.agents.bank import balance, model, pay

_ASKED = {"pay": True}

subagents = create_deep_agent(
    model(),
    [balance],
    subagents=[
        {
            "name": "cashier",
            "description": "Pays.",
            "system_prompt": "You pay what you are told to.",
            "tools": [pay],
            "interrupt_on": _ASKED,
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

claude = create_deep_agent(
    ChatAnthropic(model_name="claude-sonnet-4-5", max_retries=0, timeout=None, stop=None),
    [pay],
    interrupt_on=_ASKED,
)
"""Its model speaks the API that deepagents takes by itself."""
