"""The host: the server that serves the application in which ours is mounted. It tells nobody that it is about to end.

It waits for all requests in progress first, and only then for applications; so one whose requests wait for people would
keep it for as long as they do.
"""

import signal

import anyio

_LOOK_SECONDS = 0.1
"""As often as uvicorn looks itself."""


async def leaving() -> None:
    """Wait until the server is about to end, where it is uvicorn, and for ever where it is not.

    Uvicorn's handler of signals is a method of the server's, and so leads to it. Nothing is changed there.
    """
    while not _is_leaving():  # noqa: ASYNC110  it tells nobody
        await anyio.sleep(_LOOK_SECONDS)


def _is_leaving() -> bool:
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return getattr(server, "should_exit", False) is True
