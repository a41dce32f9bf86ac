"""The packages that PostgreSQL takes: an extra, which not everybody has. It imports none of them that is slow."""

from importlib.util import find_spec

from interrupt_mcp.distribution import extra_command
from interrupt_mcp.errors import ConfigError

_PACKAGES = ("psycopg_pool", "langgraph.checkpoint.postgres", "procrastinate")


def check() -> None:
    """Check that the packages are there.

    Raises:
        ConfigError: one is not, with the command that installs them.
    """
    try:
        import psycopg  # noqa: F401  it looks for its library as it is imported

        lacking = next((name for name in _PACKAGES if find_spec(name) is None), None)
    except ImportError as error:
        lacking = str(error).partition("\n")[0]
    if lacking is not None:
        raise ConfigError(
            f"The database is a PostgreSQL one, and what that takes is not installed ({lacking}); install it with"
            f" {extra_command('postgres')}"
        )
