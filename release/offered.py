"""The few settings that a person is asked about where the server is installed. All others have their place in docs.

None has a default here: a variable wins over `interrupt-mcp.toml`, so one that nobody chose must not be set.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One setting: a variable of the server's, and how it is asked for."""

    variable: str
    title: str
    description: str
    is_file: bool = False
    is_secret: bool = False
    choices: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.variable.removeprefix("INTERRUPT_MCP_").lower()


OPTIONS = (
    Option(
        "INTERRUPT_MCP_CONFIG",
        "langgraph.json",
        "The langgraph.json that names your agents. Without one, the bundled agents are served.",
        is_file=True,
    ),
    Option(
        "INTERRUPT_MCP_APPROVER",
        "Who decides",
        "human: a person. client: whatever the client says. auto, or nothing: a person where one can be reached.",
        choices=("auto", "human", "client"),
    ),
    Option(
        "INTERRUPT_MCP_MODEL",
        "Model of the bundled agents",
        "openai:gpt-4o, say, which needs a key. Without one, a small offline model that needs none.",
    ),
    Option("OPENAI_API_KEY", "OpenAI API key", "For a model of OpenAI's; else leave it empty.", is_secret=True),
)
TITLE = "interrupt-mcp"
DESCRIPTION = "Runs LangGraph agents. A person accepts, edits or rejects every sensitive thing they want to do."
"""At most 100 characters, as the MCP registry has it."""
