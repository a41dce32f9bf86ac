"""The hotel's booking with a model that has its answers streamed."""

from langchain.agents import create_agent
from langchain.chat_models import init_chat_model

from interrupt_mcp_agents.hotel import book_hotel

streaming = create_agent(init_chat_model("openai:gpt-4o", streaming=True), [book_hotel])
