"""Visible text in so many columns. It knows widths, not what is visible."""

from interrupt_mcp.text.visible import closing, columns


def cut(text: str, width: int) -> str:
    """Visible text, in at most so many columns; the mark of what was cut off is one of them."""
    if columns(text) <= width:
        return text
    kept, used = 0, 1
    for character in text:
        used += columns(character)
        if used > width:
            break
        kept += 1
    while columns(ended := closing(text[:kept])) >= width and kept:
        kept -= 1
    return f"{ended}…"


def padded(text: str, width: int) -> str:
    return text + " " * (width - columns(text))
