"""What ties a worker to the server that started it, and keeps it within its memory; done by the worker itself.

It imports nothing that takes time: what happens before it is done happens untied.
"""

import os
import sys
from contextlib import suppress

_PR_SET_PDEATHSIG = 1
_SIGKILL = 9
_LOST = 1
_MEGABYTE = 1024 * 1024


def tie_to(parent: int) -> None:
    """Have the system kill this process when `parent` ends, where the system can; leave where it ended already.

    It ends with the thread of the parent that started it, which is its main one.
    """
    if sys.platform == "win32":
        # There the parent holds its children in a job; and a Python of an environment is started by one more process.
        return
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, ctypes.c_ulong(_SIGKILL))
    if os.getppid() != parent:
        with suppress(OSError, AttributeError):
            sys.stderr.write(
                "This process is not the child of the server that started it: that has ended, or what it was told is"
                " a Python is a script that starts one instead of becoming it.\n"
            )
            sys.stderr.flush()
        os._exit(_LOST)


def limit_memory(megabytes: int) -> None:
    """Have the system give this process, and what it starts, no more memory than that each, where the system can."""
    if sys.platform != "linux":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = megabytes * _MEGABYTE
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
