"""docs/install.md says what the command does: its snippets are what is printed, and what they name starts a server."""

import re
from pathlib import Path

import pytest

from interrupt_mcp.cli.serve import PORT
from interrupt_mcp.installing.clients import CLIENTS
from interrupt_mcp.installing.places import Machine as Platform
from tests.installing.configurations import FILES
from tests.installing.machine import Machine, read
from tests.processes import command

PAGE = (Path(__file__).parents[2] / "docs" / "install.md").read_text("utf-8")
PLACEHOLDER = "/path/to/interrupt-mcp/.venv/bin/interrupt-mcp"
ANYWHERE = {"linux": Platform("linux", "/home/ann", {}), "darwin": Platform("darwin", "/home/ann", {})}
LEAST_SECONDS = 30
"""A call may take 25."""


def section(client: str) -> str:
    """What the page says of a client."""
    (found,) = re.findall(
        rf"^## {re.escape(CLIENTS[client].title)}\n(.*?)(?=^## |^---|\Z)", PAGE, re.DOTALL | re.MULTILINE
    )
    return str(found)


@pytest.mark.parametrize("client", FILES)
def test_a_clients_section_shows_what_the_command_prints_for_it(client: str, machine: Machine) -> None:
    printed = machine.done(client).replace(command(), PLACEHOLDER).split("\n\n")
    blocks = re.findall(r"```(json|toml|yaml)?\n(.*?)\n```", section(client), re.DOTALL)
    shown = [text for language, text in blocks if language]
    assert shown == [printed[1]]
    if "This does the same:" in printed:
        assert printed[3] in [text for language, text in blocks if not language]
    entry = read(client, shown[0])[FILES[client].servers]["interrupt-mcp"]
    assert entry[FILES[client].command] == PLACEHOLDER
    assert all(value >= LEAST_SECONDS for name, value in entry.items() if "timeout" in name)


@pytest.mark.parametrize("client", FILES)
def test_a_clients_section_names_its_file_on_each_platform(client: str) -> None:
    named = [each.replace("~", "/home/ann") for each in re.findall(r"`([^`]+)`", section(client).split("```")[0])]
    places = [str(CLIENTS[client].place(machine)) for machine in ANYWHERE.values()]
    variables = {"APPDATA": "%APPDATA%", "LOCALAPPDATA": "%LOCALAPPDATA%"}
    for packages in ((), ("Claude_…",)):
        place = str(CLIENTS[client].place(Platform("win32", "/home/ann", variables, packages)))
        places.append(place.replace("\\home\\ann\\", "/home/ann/") if place.startswith("\\") else place)
    assert {place.replace("\\", "/") for place in places} <= {each.replace("\\", "/") for each in named}


def test_the_page_names_every_client_and_the_port_that_is_served() -> None:
    assert re.findall(r"`([a-z-]+)`[,.]", PAGE[PAGE.index("`CLIENT` is one of") : PAGE.index("Open the\nclient")]) == [
        *CLIENTS
    ]
    assert re.findall(r"^## (.+)$", PAGE, re.MULTILINE) == [client.title for client in CLIENTS.values()]
    assert {int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", PAGE)} == {PORT}
    # No public address of this project is claimed.
    assert not re.findall(r"uvx interrupt-mcp|pip install interrupt-mcp|https?://(?!127\.0\.0\.1)", PAGE)
