"""Ports for programs that cannot take any free one themselves."""

import socket


def free_port() -> int:
    """A port that nobody has, a moment ago."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])
