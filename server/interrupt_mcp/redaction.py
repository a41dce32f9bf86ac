"""Redaction: what looks like a secret, taken out of text that people, models and logs get to see."""

import os
import re
from collections.abc import Mapping

_HIDDEN = "***"
_SHORTEST = 8
_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)
# A digit or a mask is asked for, so that ordinary words stay: "key_function" is none.
_KEY = re.compile(
    r"\b(?:sk|pk|rk|key|tok|token|ghp|gho|github_pat|xox[a-z]|AKIA|AIza)[-_]?(?=[\w*-]*[\d*])[\w*-]{8,}"
    r"|\bBearer\s+(?=[\w.~+/*-]*[\d*])[\w.~+/*-]{6,}(?<!\.)",
    re.IGNORECASE,
)
_GIVEN = re.compile(r"((?:api[_-]?key|token|password|secret)=)[^\s&\"',;)]+", re.IGNORECASE)
_USERINFO = re.compile(r"(://)[^/\s@]+@")


def redacted(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """The text without keys: those that look like one, and the values of variables whose name says that it is one."""
    for name, value in environ.items():
        if _SECRET_NAME.search(name) and len(value) >= _SHORTEST:
            text = text.replace(value, _HIDDEN)
    text = _USERINFO.sub(rf"\1{_HIDDEN}@", text)
    text = _GIVEN.sub(rf"\1{_HIDDEN}", text)
    return _KEY.sub(_HIDDEN, text)
