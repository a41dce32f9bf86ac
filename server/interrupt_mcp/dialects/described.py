"""What is said about one request, where the payload says it about each."""

from interrupt_mcp.model import Dialect, Json, Question


def described(question: Question, index: int) -> str:
    """The agent's own words about the request; those about the whole question where there are no others."""
    said = _entry(question, index)
    text = said.get("description") if isinstance(said, dict) else None
    return text if isinstance(text, str) and text.strip() else question.description


def _entry(question: Question, index: int) -> Json:
    value = question.value
    if question.dialect is Dialect.MIDDLEWARE and isinstance(value, dict):
        value = value.get("action_requests", value)
    return value[index] if isinstance(value, list) and index < len(value) else value
