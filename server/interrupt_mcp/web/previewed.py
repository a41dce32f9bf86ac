"""Previews of edits that pages showed, so that what is kept with a decision is what its person saw."""

from collections import OrderedDict
from dataclasses import dataclass

from interrupt_mcp.model import Interrupt, JsonObject, digest_of
from interrupt_mcp.model.previews import Preview

_MOST = 200


@dataclass(frozen=True, slots=True)
class _Edit:
    session_id: str
    interrupt_id: str
    index: int
    args_digest: str


class Previewed:
    """The last previews of edits that this process showed, to whom and of what."""

    def __init__(self) -> None:
        self._shown: OrderedDict[_Edit, Preview] = OrderedDict()

    def keep(self, session_id: str, interrupt: Interrupt, index: int, args: JsonObject, preview: Preview) -> None:
        """Keep that somebody was shown a preview of these arguments."""
        edit = _Edit(session_id, interrupt.interrupt_id, index, digest_of(args))
        self._shown[edit] = preview
        self._shown.move_to_end(edit)
        while len(self._shown) > _MOST:
            self._shown.popitem(last=False)

    def find(self, session_id: str, interrupt: Interrupt, index: int, args: JsonObject) -> Preview | None:
        """Return the preview that somebody was shown of these arguments, if they were shown one."""
        return self._shown.get(_Edit(session_id, interrupt.interrupt_id, index, digest_of(args)))
