"""A process that has imported everything and becomes a server whenever one is wanted: most of a start is imports.

Whoever connects sends what the server needs, and gets its process id; the connection ends when the server does.
"""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import interrupt_mcp


@contextmanager
def prefork(victim: str = "tests.crash.victim") -> Iterator[str]:
    """Have such a process, and give its address; its servers are what `run` of the module `victim` makes of them."""
    folder = tempfile.mkdtemp()
    address = str(Path(folder, "socket"))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.prefork", address, victim],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield address
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
        shutil.rmtree(folder)


def _serve(address: str, victim: str) -> None:
    import langgraph.prebuilt  # noqa: F401

    import tests.scripted  # noqa: F401

    for _, name, _ in walk_packages(interrupt_mcp.__path__, "interrupt_mcp."):
        if not name.endswith("__main__"):
            import_module(name)
    run = import_module(victim).run

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        os.write(1, b"ready\n")
        while True:
            connection, _ = listener.accept()
            message, files, _, _ = socket.recv_fds(connection, 1 << 20, 3)
            if (pid := os.fork()) == 0:
                listener.close()
                become(json.loads(message), files)
                run()
            for file in files:
                os.close(file)
            with suppress(OSError):
                connection.send(str(pid).encode())
            connection.close()


def become(surroundings: dict[str, object], files: list[int]) -> None:
    """Have this process, which was just forked, be as if it had been started with these files and surroundings."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    random.seed()
    os.environ.clear()
    os.environ.update(surroundings["environ"])  # type: ignore[call-overload]
    os.chdir(str(surroundings["cwd"]))


if __name__ == "__main__":
    _serve(*sys.argv[1:])
