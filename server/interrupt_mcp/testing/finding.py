"""Which `langgraph.json` a test means: the one that the suite's configuration names, else the nearest going up."""

from pathlib import Path

import pytest

INI = "interrupt_mcp_config"


def project_of(request: pytest.FixtureRequest) -> tuple[Path, bool]:
    """Return the file, and whether the configuration names it rather than that it was found.

    The ini option is relative to the ini file's folder, or to pytest's root folder where there is none. Else it is the
    nearest `langgraph.json` in the test file's folder or one above it.
    """
    config = request.config
    named = _named(config)
    if named:
        base = config.inipath.parent if config.inipath is not None else config.rootpath
        return base / named, True
    for folder in request.path.parents:
        if (folder / "langgraph.json").is_file():
            return folder / "langgraph.json", False
    pytest.fail(
        f"There is no langgraph.json in the folder of {request.path} or above it; name it in pytest's configuration,"
        f" as in {INI} = path/to/langgraph.json",
        pytrace=False,
    )


def _named(config: pytest.Config) -> str:
    """Return what the ini option says; nothing where the fixture was imported, so that there is no option."""
    try:
        return str(config.getini(INI) or "")
    except (ValueError, KeyError):
        return ""
