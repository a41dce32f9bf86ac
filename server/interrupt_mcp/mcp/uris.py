"""How resources are named."""

from urllib.parse import quote

PENDING = "interrupts://pending"
RUN, THREAD = "run://", "thread://"


def run_uri(run_id: str) -> str:
    return RUN + quote(run_id, safe="")


def thread_uri(thread_id: str) -> str:
    return THREAD + quote(thread_id, safe="")
