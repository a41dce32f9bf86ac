"""The log on stderr: warnings, or with INTERRUPT_MCP_LOG=info what happens to each run."""

import logging
import os
import sys
from collections.abc import Mapping
from io import TextIOWrapper

from interrupt_mcp.errors import ConfigError
from interrupt_mcp.text.redaction import redacted
from interrupt_mcp.text.visible import printable

_LEVELS = ("debug", "info", "warning", "error")
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class _Safe(logging.Formatter):
    """Formats lines, tracebacks too, without what looks like a secret or would control the terminal."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(redacted(super().format(record)).replace("\t", "    "))


def configure(environ: Mapping[str, str] = os.environ) -> None:
    """Log to stderr, from now on. The variable sets the level of this program; libraries and agents stay at warnings.

    What code warns of through Python's `warnings` is logged too, since it may quote anybody.

    Raises:
        ConfigError: the variable names no level.
    """
    level = environ.get("INTERRUPT_MCP_LOG", "").strip().lower() or "warning"
    if level not in _LEVELS:
        raise ConfigError(f"INTERRUPT_MCP_LOG is {level!r}; it must be one of {', '.join(_LEVELS)}")
    if sys.platform == "win32" and isinstance(sys.stderr, TextIOWrapper) and not sys.stderr.isatty():
        # Whoever reads it is another program: MCP clients take it for UTF-8, and Windows' own encodings are not.
        sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Safe(_FORMAT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.captureWarnings(True)
    logging.getLogger("interrupt_mcp").setLevel(level.upper())
