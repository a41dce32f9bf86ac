"""What is tried with each package: the words of the model, what the person is asked and says, and what must be done."""

from tests.real_agents.trials import deepagents, langchain, langmem, supervisor, swarm, trustcall

PACKAGES = (
    deepagents.PACKAGE,
    langchain.PACKAGE,
    supervisor.PACKAGE,
    swarm.PACKAGE,
    langmem.PACKAGE,
    trustcall.PACKAGE,
)
