"""The policy in force: what a process read at its start, and what the file has come to say since.

A stricter word holds at once, in every process. A looser one holds once a process is started anew: while a file is
being written, moved or half done, nothing is let through.
"""

import logging
import os
import threading
from dataclasses import replace

from interrupt_mcp.config import Settings, policy_again
from interrupt_mcp.config.policy import Policy
from interrupt_mcp.errors import ConfigError

log = logging.getLogger(__name__)


class InForce:
    """The policy as it stands, to whoever calls it, from any thread."""

    def __init__(self, settings: Settings, besides: Policy | None = None) -> None:
        """`besides` holds as well: of what the two say, the stricter counts."""
        self._settings = settings
        self._file = os.fspath(settings.policy_file)
        # The settings were read some time ago, so the file is looked at once more.
        self._stamp: object = ()
        self._read = [settings.rules]
        self._policy = settings.rules
        if besides is not None and besides != settings.policy:
            self._policy = replace(settings.rules, besides=besides)
        self._reading = threading.Lock()

    def __call__(self) -> Policy:
        """Return the policy in force, and read the file again first where it has changed."""
        if _stamp(self._file) != self._stamp:
            with self._reading:
                stamp = _stamp(self._file)
                if stamp != self._stamp:
                    self._look_again()
                    # Only now, so that nobody goes on with what is being replaced.
                    self._stamp = stamp
        return self._policy

    def _look_again(self) -> None:
        try:
            found = policy_again(self._settings)
        except ConfigError as error:
            log.error("The policy that was read before stays in force: %s", error)
            return
        if found not in self._read:
            self._read.append(found)
            self._policy = replace(found, besides=self._policy)
            log.info("The policy has changed; what got stricter holds from now on")


def _stamp(file: str) -> tuple[int, int, int, int] | None:
    """Return what tells one content of the file from another; `None` where there is no file."""
    try:
        found = os.stat(file)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
