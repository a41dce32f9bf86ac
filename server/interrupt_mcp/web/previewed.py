"""Previews of edits that pages showed, so that what is kept with a decision is what its person saw.

A page sends the preview that it shows back with the decision, signed: it may come to another process than showed it.
"""

import base64
import json
import zlib

from interrupt_mcp.channels.keys import Keys
from interrupt_mcp.model import Interrupt, JsonObject, digest_of
from interrupt_mcp.model.previews import Preview, preview_body, preview_of
from interrupt_mcp.secret import same


def handed_out(
    keys: Keys, session_id: str, interrupt: Interrupt, index: int, args: JsonObject, preview: Preview
) -> str:
    """Return what the page of a session sends back, which is shown this preview of these arguments."""
    packed = zlib.compress(json.dumps(preview_body(preview)).encode())
    text = base64.urlsafe_b64encode(packed).decode()
    return f"{_signature(keys, session_id, interrupt, index, args, text)}.{text}"


def handed_back(
    keys: Keys, session_id: str, interrupt: Interrupt, index: int, args: JsonObject, sent: str
) -> Preview | None:
    """Return the preview that a session was shown of these arguments; `None` where what was sent is not of that."""
    signature, _, text = sent.partition(".")
    if not same(signature, _signature(keys, session_id, interrupt, index, args, text)):
        return None
    # Nobody else can have written it.
    return preview_of(json.loads(zlib.decompress(base64.urlsafe_b64decode(text))))


def _signature(keys: Keys, session_id: str, interrupt: Interrupt, index: int, args: JsonObject, text: str) -> str:
    return keys.of_preview(session_id, interrupt.interrupt_id, str(index), digest_of(args), text)
