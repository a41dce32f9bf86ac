"""What stands at the top of the agent files that tests write."""

HEAD = '''
"""Answers
questions.

In detail.
"""
from dataclasses import dataclass
from typing import Annotated, Any, Literal
import typing
from langchain.agents import create_agent
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.tools import tool
from langgraph.func import entrypoint
from langgraph.graph import MessagesState, START, StateGraph
from langgraph.managed import RemainingSteps
from langgraph.prebuilt import InjectedState, InjectedStore, ToolNode, ToolRuntime
from pydantic import BaseModel
from typing_extensions import NotRequired, TypedDict

class Model(GenericFakeChatModel):
    def bind_tools(self, tools, **more):
        return self

def built(schema, **more):
    builder = StateGraph(schema, **more)
    builder.add_node("nothing", lambda state: {})
    builder.add_edge(START, "nothing")
    return builder.compile()

@tool
def send(to: str, times: int, state: Annotated[dict, InjectedState], runtime: ToolRuntime) -> str:
    "Sends."
    return ""

class Person(BaseModel):
    name: str
'''.lstrip()
