"""Forms: an interrupt as a person sees it and fills it in, and what was filled in as a decision.

Made once and shown by every channel, so that channels cannot drift apart. It knows no protocol and no screen.
"""

from interrupt_mcp.forms.consent import Consent, consent_to_rewind, refusal_in
from interrupt_mcp.forms.deciders import is_for_nobody, names_of, who_decides
from interrupt_mcp.forms.filled import Undecided, read
from interrupt_mcp.forms.form import Form, FormKey, form_of, key_of
from interrupt_mcp.forms.meaning import cancels, goes_on
from interrupt_mcp.forms.text import Part, Section, Sheet

__all__ = [
    "Consent",
    "Form",
    "FormKey",
    "Part",
    "Section",
    "Sheet",
    "Undecided",
    "cancels",
    "consent_to_rewind",
    "form_of",
    "goes_on",
    "is_for_nobody",
    "key_of",
    "names_of",
    "read",
    "refusal_in",
    "who_decides",
]
