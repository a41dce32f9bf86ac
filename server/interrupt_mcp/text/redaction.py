"""Redaction: what looks like a secret, taken out of text that people, models and logs get to see.

An exception becomes text here and nowhere else. It does not know what raised it.
"""

import os
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from urllib.parse import quote, unquote

_HIDDEN = "***"
_SHORTEST = 8
_READ = 20_000
"""Of an error's message, how much is looked at: a pattern takes a moment for each character."""
_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|(?:^|_)PASS(?:_|$)", re.IGNORECASE)
_PASSWORD_OF_URL = re.compile(r"://[^\s/:@]*:([^\s@]{8,})@")

# A key must hold a digit or a mask, so that ordinary words stay, such as "key_function". How far ahead the digit is
# looked for has a bound, so that no text takes long.
_KEY = re.compile(
    r"\b(?:(?:sk|pk|rk|key|tok|token|hf|npm|pypi|gsk|xai|pplx|tvly|lsv2|pcsk|dop|whsec|glpat|github_pat|xapp|r8)[-_]"
    r"|gh[opsru]_|xox[a-z]-|A[KS]IA|AIza|ya29\.|SG\.)(?=[\w.*-]{0,300}[\d*])[\w*-][\w.*-]{7,}(?<!\.)"
    r"|\bimcp_[\w-]{8,}"
    r"|\bBearer\s+(?=[\w.~+/*-]{0,300}[\d*])[\w.~+/*-]{6,}=*(?<!\.)"
    r"|\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?"
    r"|hooks\.slack\.com/services/[\w/]+|\b(?:bot)?\d{6,12}:[\w-]{35}\b",
    re.IGNORECASE,
)
_BASIC = re.compile(r"\b(Basic\s+)([A-Za-z0-9+/]{4,}={0,2})(?![\w+/=])", re.IGNORECASE)
_BLOCK = re.compile(
    r"(-----BEGIN (?:[A-Z]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----).*?(?:-----END [A-Z ]{0,40}-----|\Z)", re.DOTALL
)
_USERINFO = re.compile(r"(://)(?:[^/\s\"'<>]{1,300}@|[^/\s\"'<>:@]{0,100}:(?!\d{1,5}[/\s])[^\s\"'<>]{1,300}@)")
_NAME = (
    r"(?:(?:api|access|account|secret|private|shared|signing|encryption|subscription)[_-]?(?:access[_-]?)?key|token"
    r"|passw(?:or)?d|passwort|passphrase|\bpwd|secret|credential|signature|\bsig|\bpass(?==)|[?&]key)"
)
_QUOTED = r"\"(?:[^\"\\]|\\.)*(?:\"|\Z)|'(?:[^'\\]|\\.)*(?:'|\Z)"
_AFTER_NAME = (
    rf"({_NAME}\s?=(?!=)\s?)(?:{_QUOTED}|[^\s&\"',;)]+(?:,[^\s&\"',;)=]+(?![^\s&\"',;)=]*=))*)",
    rf"({_NAME}\\?[\"']\s?[:,]\s?)(?!None\b|null\b|true\b|false\b)"
    rf"(?:{_QUOTED}|\\\"(?:[^\"\\]|\\[^\"])*(?:\\\"|\Z)|b?['\"]?[^\s,}}\])'\"\\]+)",
    # After a bare colon an English sentence may go on: "Unexpected token: function" names none.
    rf"({_NAME}:\s?)(?:(?=[^\s,;]{{0,300}}\d)[^\s,;]{{6,}}|{_QUOTED})",
    rf"(--[\w-]{{0,40}}{_NAME}\s)[^\s-]\S*",
    rf"(passw(?:or)?d\s)(?:{_QUOTED})",
    r"((?:authorization|x-[\w-]{0,30}(?:key|token|secret)|api-key|(?:set-)?cookie)\\?[\"']?\s?[:=,]\s?(?:b?\\?[\"'])?)"
    r"(?:(?:basic|bearer|digest|token|negotiate|apikey)\s+)?[^\s\"'\\]+(?:(?<=;)\s[^\s\"'\\=]+=[^\s\"'\\]+)*",
)
"""What names a secret, which stays, and the secret after it: an assignment's, an object's, an option's, a header's."""
_GIVEN = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _AFTER_NAME)


def said(error: BaseException, longest: int) -> str:
    """Return an exception as one line: its type, then what it says without what looks like a secret.

    `longest` is how many characters it may have; what is longer is cut.
    """
    name = type(error).__name__
    text = message_of(error)
    return _cut(f"{name}: {text}" if text else name, longest)


def message_of(error: BaseException) -> str:
    """Return what the exception says, as one line without what looks like a secret; empty where it says nothing."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  an agent's own exception may fail at this too
        return ""
    return line_of(text)


def line_of(text: str) -> str:
    """Return a text that a program wrote, such as an exception's, as one line without what looks like a secret."""
    # First of all, since white space may be a part of a secret.
    return " ".join(redacted(text[:_READ]).split())


def redacted(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return the text without its secrets: what looks like one, and the values of variables that are named like one."""
    for secret in _values(environ):
        if secret in text:
            text = text.replace(secret, _HIDDEN)
    text = _BLOCK.sub(rf"\1{_HIDDEN}", text)
    text = _USERINFO.sub(rf"\1{_HIDDEN}@", text)
    text = _BASIC.sub(_without_pair, text)
    text = _KEY.sub(_HIDDEN, text)
    for given in _GIVEN:
        text = given.sub(rf"\1{_HIDDEN}", text)
    return text


def without_beginning_of_secret(text: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return the text without its end, where the secret value of a variable may begin with that and more may follow."""
    for secret in _values(environ):
        begun = next((n for n in range(len(secret) - 1, 0, -1) if text.endswith(secret[:n])), 0)
        text = text[: len(text) - begun]
    return text


def _values(environ: Mapping[str, str]) -> Iterator[str]:
    """Return the values that are secret, in each way in which a text may quote them; the longer first."""
    found: set[str] = set()
    for name in [*environ]:
        # Another thread may delete the variable meanwhile.
        value = environ.get(name, "")
        secrets = [value] if _SECRET_NAME.search(name) else _PASSWORD_OF_URL.findall(value)
        for secret in secrets:
            if len(secret) >= _SHORTEST:
                found |= {secret, unquote(secret), quote(secret, safe=""), repr(secret)[1:-1]}
    return iter(sorted((each for each in found if len(each) >= _SHORTEST), key=len, reverse=True))


def _without_pair(found: "re.Match[str]") -> str:
    """Return `Basic` with its name and password hidden; where a mere word follows it, all as it is."""
    try:
        pair = b64decode(found[2], validate=True)
    except ValueError:
        return found[0]
    return f"{found[1]}{_HIDDEN}" if b":" in pair else found[0]


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
