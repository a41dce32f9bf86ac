"""An OpenID provider that others wrote, in a process of its own, for one person whose claims are given.

`python -m tests.identity.foreign '{"sub": "ann"}'` prints its port and serves.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.patience import PATIENCE
from tests.processes import CHECKOUT


@contextmanager
def foreign(**claims: Any) -> Iterator[str]:
    """Its address, until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.identity.foreign", json.dumps(claims)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=CHECKOUT,
        # It is a provider without TLS, which is what loopback needs.
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1", "PYTHONWARNINGS": "ignore"},
    )
    assert process.stdout is not None
    try:
        port = process.stdout.readline().strip()
        assert port.isdigit(), "it did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(PATIENCE)
        process.stdout.close()


def _serve(claims: dict[str, Any]) -> None:
    from oidc_provider_mock import User, app
    from werkzeug.serving import make_server

    sub = claims.pop("sub")
    server = make_server("127.0.0.1", 0, app(require_nonce=True, user_claims=[User(sub=sub, claims=claims)]), True)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    _serve(json.loads(sys.argv[1]))
