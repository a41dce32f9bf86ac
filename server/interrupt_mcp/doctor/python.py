"""The Python that runs this: its version, whether that was tried, its environment."""

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata

from interrupt_mcp.doctor.finding import Finding, Level, Section

_TRIED = "Programming Language :: Python :: "


def findings() -> Iterator[Finding]:
    """Tell of this process's Python."""
    told = f"{platform.python_implementation()} {platform.python_version()} at {sys.executable or sys.prefix}"
    tried = _tried()
    if tried and f"{sys.version_info.major}.{sys.version_info.minor}" not in tried:
        yield Finding(
            Section.PYTHON,
            Level.WARNING,
            f"{told}, with which interrupt-mcp was not tried.",
            f"Use Python {' or '.join(tried)}.",
        )
    else:
        yield Finding(Section.PYTHON, Level.OK, f"{told}.")
    if sys.prefix != sys.base_prefix:
        yield Finding(Section.PYTHON, Level.OK, f"It is that of the virtual environment {sys.prefix}.")
    else:
        yield Finding(
            Section.PYTHON,
            Level.NOTE,
            f"It is in no virtual environment, so that its packages are shared with all else that uses {sys.prefix}.",
            "Where packages of other programs are in the way, install interrupt-mcp into an environment of its own.",
        )


def _tried() -> list[str]:
    """Return the versions that the package says it was tried with; none where it is not known."""
    try:
        classifiers = metadata("interrupt-mcp").get_all("Classifier") or []
    except PackageNotFoundError:
        return []
    versions = (each.removeprefix(_TRIED) for each in classifiers if each.startswith(_TRIED))
    return [each for each in versions if each.replace(".", "").isdigit() and "." in each]
