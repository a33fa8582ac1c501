"""Tables for people to read in a terminal, where a Chinese character is two columns wide."""

import unicodedata
from collections.abc import Sequence

GAP = "  "


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lines with the heading first; every column is as wide as its widest cell."""
    lines = [[flat(cell) for cell in row] for row in (heading, *rows)]
    widths = [max(map(width, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        GAP.join(
            cell + " " * (wide - width(cell)) for cell, wide in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def width(text: str) -> int:
    """Columns that a text takes on the screen."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def flat(cell: str) -> str:
    """One line, without what would move the cursor."""
    return "".join(c if c.isprintable() else " " for c in cell)
