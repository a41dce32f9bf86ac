"""The exit code of a command: 0 done, 1 could not, 2 wrong arguments or configuration, 130 Ctrl-C.

It does not know what the command is.
"""

import errno
import os
import sys
from collections.abc import Callable

from interrupt_mcp.distribution import SERVER, check_alone
from interrupt_mcp.errors import ConfigError, Error

_FAILED, _MISCONFIGURED, _CTRL_C = 1, 2, 130


def exit_code(run: Callable[[], int], program: str = SERVER) -> int:
    """Run it, and return its exit code; an error that it raises becomes a line of that program's on stderr."""
    try:
        check_alone()
        code = run()
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except ConfigError as error:
        return _report(program, error, _MISCONFIGURED)
    except Error as error:
        return _report(program, error, _FAILED)
    except KeyboardInterrupt:
        return _CTRL_C
    except OSError as error:
        if not nobody_reads(error):
            raise
        # Who read the output wants no more of it, as in `interrupt-mcp runs | head -1`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def nobody_reads(error: OSError, platform: str = sys.platform) -> bool:
    """Whether it is what writing to a pipe raises that nobody reads; Windows says that an argument is invalid."""
    return isinstance(error, BrokenPipeError) or (platform == "win32" and error.errno == errno.EINVAL)


def _report(program: str, error: Error, code: int) -> int:
    print(f"{program}: {error}", file=sys.stderr)  # noqa: T201  the command line talks to a person
    return code
