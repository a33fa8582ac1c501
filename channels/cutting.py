"""Cutting a text to what fits into one message of a channel, at the end of a sentence."""

import re

ENDS = re.compile(r"[。！？!?；;]+[”’）)】》]*|\n+")
PAUSES = re.compile(r"[，、,：: ]")


def cut(text: str, limit: int, encoding: str = "utf-8") -> tuple[str, str]:
    """The beginning of a text that fits, and the rest; empty where all of it fits.

    Args:
        limit: bytes in the encoding, at least 8.

    Returns:
        Both parts without blanks around; joined they hold every other character of the text.
    """
    text = text.strip()
    if len(text.encode(encoding)) <= limit:
        return text, ""
    fits = text.encode(encoding)[:limit].decode(encoding, "ignore")
    place = last_end(ENDS, fits, len(fits) // 3) or last_end(PAUSES, fits, len(fits) // 2)
    if not place:
        place = len(fits) if fits else 1
    return text[:place].rstrip(), text[place:].lstrip()


def last_end(mark: re.Pattern[str], text: str, least: int) -> int:
    """Where the last mark ends, if that is not too near the beginning; else 0."""
    ends = [match.end() for match in mark.finditer(text)]
    return ends[-1] if ends and ends[-1] > least else 0
