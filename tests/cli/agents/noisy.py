"""An agent that says something in every way there is, while it is imported and while it runs."""

import logging
import os
import subprocess
import sys
import threading
import warnings

from langgraph.graph import START, StateGraph


def shout(where: str) -> None:
    print(f"{where}: print")
    print(f"{where}: flushed", flush=True)
    sys.stdout.write(f"{where}: unflushed")
    assert sys.__stdout__ is not None
    sys.__stdout__.write(f"{where}: the first stdout\n")
    os.write(1, f"{where}: descriptor\n".encode())
    thread = threading.Thread(target=print, args=(f"{where}: thread",))
    thread.start()
    thread.join()
    subprocess.run([sys.executable, "-c", f"print('{where}: child')"], check=True)
    subprocess.run([sys.executable, "-c", "import sys; print('read', repr(sys.stdin.read()))"], check=True)
    warnings.warn(f"{where}: warning", stacklevel=1)
    logging.getLogger("noisy").warning(f"{where}: log")
    logging.StreamHandler(sys.stdout).emit(logging.makeLogRecord({"msg": f"{where}: handler"}))


shout("import")


def node(state: dict) -> dict:  # type: ignore[type-arg]
    shout("run")
    return {"text": "done"}


graph = StateGraph(dict).add_node("node", node).add_edge(START, "node").compile()
