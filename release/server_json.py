"""`server.json`: what the MCP registry is told of the server. It cannot be written without a repository's address.

The rules here are stricter than the registry's schema: what they allow, it allows. Its own schema is asked as well
where a file of it is at hand, and by the registry's own program right before it is published.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.protocols import Validator

from release.building import digest
from release.offered import DESCRIPTION, OPTIONS, TITLE, Option
from release.place import Place
from release.refused import Refused

SCHEMA = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"
_VERSION = {"type": "string", "pattern": r"^\d+\.\d+\.\d+((a|b|rc)\d+)?$"}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 100}
_ADDRESS = {"type": "string", "pattern": "^https://[!-~]+$", "maxLength": 255}


def _table(required: Mapping[str, object], **optional: object) -> dict[str, object]:
    """A schema of an object with these members and no others."""
    properties = {**required, **optional}
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


_VARIABLE = _table(
    {"name": {"type": "string", "pattern": "^[A-Z][A-Z0-9_]*$"}, "description": {"type": "string", "minLength": 1}},
    format={"enum": ["string", "filepath"]},
    choices={"type": "array", "items": {"type": "string"}, "minItems": 1},
    isSecret={"type": "boolean"},
    isRequired={"type": "boolean"},
)
_PACKAGE = {
    "registryType": {"enum": ["pypi", "mcpb"]},
    "identifier": {"type": "string", "pattern": r"^(interrupt-mcp|https://[!-~]+\.mcpb)$"},
    "version": _VERSION,
    "transport": _table({"type": {"const": "stdio"}}),
    "environmentVariables": {"type": "array", "items": _VARIABLE},
}
RULES = _table(
    {
        "$schema": {"const": SCHEMA},
        "name": {"type": "string", "pattern": r"^io\.github\.[A-Za-z0-9-]+/[a-z0-9-]+$", "maxLength": 200},
        "title": _TEXT,
        "description": _TEXT,
        "repository": _table({"url": _ADDRESS, "source": {"const": "github"}}),
        "version": _VERSION,
        "packages": {
            "type": "array",
            "minItems": 1,
            "items": _table(
                _PACKAGE,
                runtimeHint={"const": "uvx"},
                fileSha256={"type": "string", "pattern": "^[a-f0-9]{64}$"},
            ),
        },
    }
)
"""What is allowed, as JSON Schema."""


def server_json(place: Place, version: str, bundle: Path) -> dict[str, Any]:
    """Return what the registry is told: the package on the index, and the bundle among the release's files."""
    variables = [_variable(option) for option in OPTIONS]
    shared = {"version": version, "transport": {"type": "stdio"}, "environmentVariables": variables}
    download = f"{place.url}/releases/download/v{version}/{bundle.name}"
    return {
        "$schema": SCHEMA,
        "name": place.registry_name,
        "title": TITLE,
        "description": DESCRIPTION,
        "repository": {"url": place.url, "source": "github"},
        "version": version,
        "packages": [
            {"registryType": "pypi", "identifier": "interrupt-mcp", "runtimeHint": "uvx", **shared},
            {"registryType": "mcpb", "identifier": download, "fileSha256": digest(bundle), **shared},
        ],
    }


def _variable(option: Option) -> dict[str, object]:
    said: dict[str, object] = {"name": option.variable, "description": option.description, "isRequired": False}
    if option.is_file:
        said["format"] = "filepath"
    if option.choices:
        said["choices"] = list(option.choices)
    if option.is_secret:
        said["isSecret"] = True
    return said


def text(said: Mapping[str, Any]) -> str:
    """Return it as the file has it."""
    return json.dumps(said, indent=2) + "\n"


def check(said: Mapping[str, Any], schema: Path | None) -> None:
    """See that it is as it should be, by the rules here, and by the registry's own schema where a file of it is given.

    Raises:
        Refused: it is not, with the first fault.
    """
    _check(Draft202012Validator(RULES), said, "the rules in release/server_json.py")
    if schema is not None:
        official: Any = json.loads(schema.read_text("utf-8"))
        if official.get("$id") != SCHEMA:
            raise Refused(f"{schema} is not {SCHEMA}.")
        _check(Draft7Validator(official), said, SCHEMA)


def _check(validator: Validator, said: Mapping[str, Any], rules: str) -> None:
    for error in validator.iter_errors(dict(said)):
        raise Refused(f"server.json is not as {rules} has it: at {error.json_path}: {error.message}")
