"""Text that is nothing but text to a platform that makes links of ``<a …>`` and speaks XML."""

import re

from channels.cutting import cut

UNPRINTABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 may not hold (section 2.2)."""


def as_text(text: str) -> str:
    """The text with nothing in it that the platform, or XML, would take for more than text.

    Texts may hold what a resident wrote: every ``<`` becomes its full-width twin.
    """
    return UNPRINTABLE.sub("", text).replace("<", "＜").replace("]]>", "］］>")


def fitted(text: str, room: int, more: str) -> tuple[str, str]:
    """The beginning of a text that fits, with the line that says how to read on, and the rest.

    Args:
        room: bytes in UTF-8.
    """
    begun, rest = cut(text, room)
    if not rest:
        return begun, ""
    begun, rest = cut(text, room - len(f"\n{more}".encode()))
    return f"{begun}\n{more}", rest
