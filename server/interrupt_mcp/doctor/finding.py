"""A finding: one thing that is the case, how much it matters, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding matters. Where there is a problem, not all is well."""

    OK = "ok"
    NOTE = "note"
    WARNING = "warning"
    PROBLEM = "problem"


class Section(StrEnum):
    """What a finding is about, in the order in which they are told."""

    PYTHON = "python"
    INSTALLATION = "installation"
    CONFIG = "config"
    ENVIRONMENTS = "environments"
    AGENTS = "agents"
    POLICY = "policy"
    MODEL = "model"
    DATABASE = "database"
    INBOX = "inbox"
    APPROVER = "approver"
    CLIENTS = "clients"
    SHARING = "sharing"
    PROCESSES = "processes"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found."""

    section: Section
    level: Level
    text: str
    """What is the case, in whole sentences."""
    do: str = ""
    """What to do, as a sentence, or lines to write; empty where all is well."""
    name: str = ""
    """Of what in the section it is about: an agent, a setting, a client."""

    def body(self) -> dict[str, str]:
        """Return it as JSON, without what is empty."""
        fields = {"section": self.section, "name": self.name, "level": self.level, "text": self.text, "do": self.do}
        return {key: str(value) for key, value in fields.items() if value}
