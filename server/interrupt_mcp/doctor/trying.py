"""Trying a model once, in a process of its own, to tell in a line of JSON: `python -m interrupt_mcp.doctor.trying`."""

import json
import os
import sys
from pathlib import Path
from typing import Any, TextIO

_LONGEST = 300
_TOKENS = 16
"""The fewest that all providers take."""


def main() -> None:
    """Call the model that the argument names."""
    from interrupt_mcp.process import wire

    with wire.printing() as out:
        asked = json.loads(sys.argv[1])
        try:
            _prepare(Path(asked["config"]))
            told = _answered(asked["model"], asked["most_tokens"], out)
        except Exception as error:  # noqa: BLE001  whatever a provider's package raises is what is told
            from interrupt_mcp.text.redaction import said

            told = {"error": said(error, _LONGEST)}
        out.write(json.dumps(told) + "\n")
        out.flush()
        os._exit(0)


def _prepare(config: Path) -> None:
    """Set the variables that agents get as well."""
    from interrupt_mcp.agents.manifest import read_manifest
    from interrupt_mcp.agents.surroundings import prepare
    from interrupt_mcp.errors import ConfigError

    try:
        prepare(read_manifest(config))
    except ConfigError:
        # That it cannot be read is told of elsewhere.
        return


def _answered(model: str, most_tokens: str, out: TextIO) -> dict[str, Any]:
    from langchain.chat_models import init_chat_model

    more: dict[str, Any] = {most_tokens: _TOKENS} if most_tokens else {}
    made = init_chat_model(model, **more)
    out.write("ready\n")
    out.flush()
    made.invoke("Answer with the word yes.")
    return {}


if __name__ == "__main__":
    main()
