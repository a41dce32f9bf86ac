"""The four words of a decision, and the words that other systems have for them."""

from interrupt_mcp.dialects.payload import brief
from interrupt_mcp.errors import InvalidDecision
from interrupt_mcp.model import DecisionType

_ELSEWHERE = {
    DecisionType.ACCEPT: "approve approved approval accepted accepts allow allowed confirm confirmed continue go "
    "ok okay proceed true y yes",
    DecisionType.EDIT: "change changed edited edits edited_action modify modified revise revised update updated",
    DecisionType.REJECT: "block cancel cancelled decline declined denied deny disallow false ignore ignored n no "
    "refuse refused rejected rejects skip",
    DecisionType.RESPOND: "answer answered comment feedback input reply respond_to responded responds response "
    "responses text",
}


def parse_type(word: str) -> DecisionType:
    """Return the decision type of exactly this name.

    Raises:
        InvalidDecision: there is none.
    """
    for kind in DecisionType:
        if kind == word:
            return kind
    if meant := _meant(word):
        raise InvalidDecision(f'the type "{brief(word)}" is called "{meant}" here')
    raise InvalidDecision(f'there is no type "{brief(str(word))}", only {", ".join(DecisionType)}')


def _meant(word: object) -> DecisionType | None:
    wanted = word.strip().lower() if isinstance(word, str) else ""
    return next((t for t in DecisionType if wanted == t or wanted in _ELSEWHERE[t].split()), None)
