"""A text as a file has it in bytes: UTF-8, with or without a byte order mark. It does not know its format."""

from dataclasses import dataclass

from interrupt_mcp.installing.tree import Malformed

_MARK = b"\xef\xbb\xbf"
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Encoded:
    """The text of a file."""

    text: str
    marked: bool = False
    """Whether a byte order mark stands before it."""

    @classmethod
    def of(cls, content: bytes) -> "Encoded":
        """Return the text of the bytes.

        Raises:
            Malformed: they are not UTF-8.
        """
        try:
            return cls(content.removeprefix(_MARK).decode("utf-8"), content.startswith(_MARK))
        except UnicodeDecodeError as error:
            kind = "UTF-16" if content.startswith(_OTHER_MARKS) else f"no text: at byte {error.start} it is not UTF-8"
            raise Malformed(f"is {kind}") from error

    def bytes(self, text: str) -> bytes:
        """Return another text in the same manner."""
        return (_MARK if self.marked else b"") + text.encode("utf-8")
