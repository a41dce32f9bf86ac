"""Draws what a terminal showed as an SVG: `interrupt-mcp demo | python -m tests.docs.picture > docs/demo.svg`."""

import sys
from html import escape

WIDTH, LINE, MARGIN = 660, 18, 24
COLOURS = {"number": "#7ee787", "action": "#ffa657", "text": "#e6edf3", "quiet": "#9da7b3"}


def colour(line: str) -> str:
    """Headlines stand out; what the agent wants to do stands out more."""
    if line[:1].isdigit():
        return COLOURS["number"]
    if line.strip().startswith(("book_hotel", "hotel_name")):
        return COLOURS["action"]
    return COLOURS["text"] if line.strip().startswith(("(offline", '"')) else COLOURS["quiet"]


def picture(lines: list[str]) -> str:
    height = 2 * MARGIN + LINE * len(lines)
    texts = "\n".join(
        f'<text x="{MARGIN}" y="{MARGIN + LINE * (number + 1) - 5}" fill="{colour(line)}" xml:space="preserve">'
        f"{escape(line)}</text>"
        for number, line in enumerate(lines)
        if line.strip()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" role="img"\n'
        '  aria-label="interrupt-mcp demo" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="13">\n'
        f'<rect width="100%" height="100%" rx="8" fill="#0d1117"/>\n{texts}\n</svg>\n'
    )


def main() -> None:
    shown = sys.stdin.read().split("\nTry it in a client")[0].rstrip().splitlines()
    sys.stdout.write(picture(["$ interrupt-mcp demo", *shown[1:]]))


if __name__ == "__main__":
    main()
