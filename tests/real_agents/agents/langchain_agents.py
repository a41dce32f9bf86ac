"""Agents of langchain and of LangGraph's prebuilt package, as their documentation builds them."""

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langchain_anthropic import ChatAnthropic
from langgraph.prebuilt import create_react_agent

from tests.real_agents.agents.bank import ask_and_pay, balance, model, pay

plain = create_agent(model(), [balance, pay])
"""Asks nobody: policy does."""

batched = create_agent(model(), [balance, pay], middleware=[HumanInTheLoopMiddleware(interrupt_on={"pay": True})])

each = create_agent(
    model(),
    [balance, pay],
    middleware=[HumanInTheLoopMiddleware(interrupt_on={"pay": True}, interrupt_mode="per_call")],
)

react = create_react_agent(model(), [balance, ask_and_pay])

one_node = create_react_agent(model(), [balance, ask_and_pay], version="v1")
"""Makes all calls of a message in one task."""

claude = create_agent(
    ChatAnthropic(model_name="claude-sonnet-4-5", max_retries=0, timeout=None, stop=None),
    [balance, pay],
    middleware=[HumanInTheLoopMiddleware(interrupt_on={"pay": True})],
)
