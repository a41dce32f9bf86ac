"""Two agents that hand over to each other; the one who pays asks before it does."""

from langchain.agents import create_agent
from langgraph_swarm import create_handoff_tool, create_swarm

from tests.real_agents.agents.bank import ask_and_pay, balance, model

clerk = create_agent(model(), [balance, create_handoff_tool(agent_name="cashier")], name="clerk")
cashier = create_agent(model(), [ask_and_pay, create_handoff_tool(agent_name="clerk")], name="cashier")

swarm = create_swarm([clerk, cashier], default_active_agent="clerk")
