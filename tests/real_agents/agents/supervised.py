"""A supervisor with two agents: one looks, and one pays and asks before it does."""

from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langgraph_supervisor import create_supervisor

from tests.real_agents.agents.bank import balance, model, pay

clerk = create_agent(model(), [balance], name="clerk")
cashier = create_agent(
    model(), [pay], name="cashier", middleware=[HumanInTheLoopMiddleware(interrupt_on={"pay": True})]
)

builder = create_supervisor([clerk, cashier], model=model(), prompt="You lead a clerk and a cashier.")
whole = create_supervisor([clerk, cashier], model=model(), output_mode="full_history").compile()
