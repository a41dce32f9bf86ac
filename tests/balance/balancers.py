"""Balancers: nginx and HAProxy, run as the documentation prints their configuration, but for names, ports and paths.

`python -m tests.balance.balancers` sees to it that both are on this machine.
"""

import datetime
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.packages import Missing, Package
from tests.patience import PATIENCE
from tests.printed import DOCS, files

PACKAGES = {"nginx": Package("nginx-light", "nginx"), "haproxy": Package("haproxy", "haproxy")}
NAME = "localhost"
_PRINTED = ("10.0.0.11:8321", "10.0.0.12:8321")
_FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
"""Where nginx keeps what does not fit into memory."""


@dataclass(frozen=True)
class Front:
    """Where the balancers listen, one after the other, and what they show there."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}"

    @property
    def certificate(self) -> Path:
        return self.folder / "fullchain.pem"

    def certify(self) -> None:
        """Make a certificate of its own."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
        now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
        made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        chain = made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        how = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        private = key.private_bytes(*how)
        self.certificate.write_bytes(chain)
        (self.folder / "privkey.pem").write_bytes(private)
        (self.folder / "both.pem").write_bytes(chain + private)

    def printed(self, name: str, behind: Sequence[int]) -> str:
        """The example, with these ports of replicas."""
        text = files(DOCS / "scaling.md")[name]
        for printed, port in zip(_PRINTED, behind, strict=True):
            text = text.replace(printed, f"127.0.0.1:{port}")
        text = text.replace("server_name agents.example", f"server_name {NAME}")
        return text.replace("/etc/ssl/agents.example", str(self.folder))

    def nginx(self, behind: Sequence[int]) -> list[str]:
        site, whole = self.folder / "site.conf", self.folder / "nginx.conf"
        site.write_text(self.printed("nginx.conf", behind).replace("listen 443", f"listen 127.0.0.1:{self.port}"))
        user = "user root; " if sys.platform != "win32" and os.geteuid() == 0 else ""
        paths = " ".join(f"{each}_temp_path {self.folder}/{each};" for each in _FOLDERS)
        http = f"access_log off; {paths} include {site};"
        whole.write_text(f"{user}daemon off; pid {self.folder}/pid; events {{}} http {{ {http} }}")
        return ["-p", str(self.folder), "-c", str(whole), "-e", str(self.folder / "error.log")]

    def haproxy(self, behind: Sequence[int]) -> list[str]:
        whole = self.folder / "haproxy.cfg"
        whole.write_text(self.printed("haproxy.cfg", behind).replace("bind :443", f"bind 127.0.0.1:{self.port}"))
        return ["-db", "-q", "-f", str(whole)]


@contextmanager
def balancing(name: str, front: Front, behind: Sequence[int]) -> Iterator[None]:
    """Have the balancer of that name listen there, until the end of the block."""
    package = PACKAGES[name]
    arguments = {"nginx": front.nginx, "haproxy": front.haproxy}[name](behind)
    process = subprocess.Popen([str(package.install() / package.program), *arguments], env=package.environ())
    try:
        _listening(process, front.port)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _listening(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Wait until it listens."""
    late = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < late:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), PATIENCE):
            return
        time.sleep(0.05)
    raise AssertionError("the balancer does not listen")


if __name__ == "__main__":
    try:
        found = [str(each.install() / each.program) for each in PACKAGES.values()]
        print(f"Replicas are tried behind {' and '.join(found)}")
    except Missing as error:
        sys.exit(f"{error}.")
