"""Two replicas: servers over HTTP of one project and one database, at ports of their own, that die and are replaced."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.deploy.ports import free_port
from tests.patience import PATIENCE
from tests.processes import HttpServer, http_server


@dataclass
class Replicas:
    """The replicas of one project. Where `environ` names no database they share that of the folder."""

    home: Path
    environ: Mapping[str, str]
    ports: tuple[int, int] = field(default_factory=lambda: (free_port(), free_port()))
    living: dict[int, HttpServer] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> "Replicas":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start(self, number: int) -> HttpServer:
        """Start one of them, in the place of the one that was there."""
        arguments = ("--port", str(self.ports[number]))
        self.living[number] = self._stack.enter_context(http_server(self.home, *arguments, **self.environ))
        return self.living[number]

    def kill(self, number: int) -> None:
        """End one at once, so that it does nothing any more."""
        process = self.living.pop(number).process
        process.kill()
        process.wait(PATIENCE)
