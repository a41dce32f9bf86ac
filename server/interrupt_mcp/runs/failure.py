"""What an agent raised, as a code and one clear sentence."""

import re

_SECRET = re.compile(r"\b(sk|pk|key|tok|Bearer)[-_ ]?[A-Za-z0-9_\-*]{8,}", re.IGNORECASE)
_LONGEST = 600


def code_and_message(error: BaseException) -> tuple[str, str]:
    """A stable code, and the error as one sentence without anything that looks like a key."""
    name = type(error).__name__
    code = {"GraphRecursionError": "recursion_limit", "Rejected": "rejected"}.get(name, "agent_error")
    text = " ".join(str(error).split())[:_LONGEST]
    return code, f"{name}: {_SECRET.sub('***', text)}" if text else name
