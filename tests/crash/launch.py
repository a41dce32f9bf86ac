"""Run by a bare Python: has the prefork process at PREFORK run a server on this process's input and output."""

import json
import os
import socket

with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(os.environ["PREFORK"])
    surroundings = json.dumps({"environ": dict(os.environ), "cwd": os.getcwd()})
    socket.send_fds(connection, [surroundings.encode()], [0, 1, 2])
    # Only the server still has the other end: this ends when the server does, in whatever way.
    while connection.recv(64):
        pass
