"""Notes in text files: reads them freely, and asks a person before it writes one, who is shown what would change.

The preview of `write_note` is a function beside it that does nothing: it says how the file is now, and how it would be.
"""

import os
import re
from pathlib import Path

from langchain.agents import create_agent
from langchain.tools import ToolException, tool
from platformdirs import user_data_path

from interrupt_mcp import sensitive
from interrupt_mcp_agents.offline import Rule, model

SYSTEM_PROMPT = """You keep notes for a person, each a short text under a name.
Read a note before you change it, and write the whole of it. A person is asked before a note is written: call the tool
and do not ask for permission yourself. Where the person rejected or changed a call, do not try it again."""

RULES = [
    Rule("List the notes", r"(?:list|show) (?:me )?(?:the |my )?notes", tool="list_notes"),
    Rule("Read note shopping", r"(?:read|show) (?:me )?(?:the )?note (?P<name>[\w-]+)", tool="read_note"),
    Rule(
        "Write note shopping: milk and bread",
        r"(?:write|change|save) (?:the )?note (?P<name>[\w-]+): ?(?P<text>.+)",
        tool="write_note",
    ),
]


def folder() -> Path:
    return Path(os.environ.get("NOTES_FOLDER") or user_data_path("interrupt-mcp", appauthor=False) / "notes")


def file_of(name: str) -> Path:
    """Return the note's file. A name is a word, so that it names no file elsewhere."""
    if not re.fullmatch(r"[\w-]{1,60}", name):
        raise ToolException(f"{name!r} is no name of a note: it takes letters, digits, hyphens and underscores.")
    return folder() / f"{name}.txt"


def written(name: str) -> str | None:
    """Return what stands in the note; `None` where there is none of that name."""
    file = file_of(name)
    return file.read_text(encoding="utf-8") if file.is_file() else None


@tool
def list_notes() -> str:
    """List the names of all notes."""
    return "\n".join(sorted(file.stem for file in folder().glob("*.txt"))) or "There are no notes."


@tool
def read_note(name: str) -> str:
    """Read a note."""
    text = written(name)
    if text is None:
        raise ToolException(f"There is no note {name}.")
    return text


def change_of_note(name: str, text: str) -> dict[str, str | None]:
    """Tell what writing the note would change, and write nothing."""
    return {"name": file_of(name).name, "before": written(name), "after": text}


@tool
@sensitive(description="Write a note, in place of what stood there", preview=change_of_note)
def write_note(name: str, text: str) -> str:
    """Write a note, in place of what stood there."""
    file = file_of(name)
    file.parent.mkdir(0o700, parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")
    return f"Wrote note {name}."


TOOLS = [list_notes, read_note, write_note]
for each in TOOLS:
    # A `ToolException` is told to the model, and the run goes on; any other error ends the run.
    each.handle_tool_error = True

graph = create_agent(model(RULES), TOOLS, system_prompt=SYSTEM_PROMPT)
