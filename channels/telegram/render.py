"""A reply as Telegram shows it: plain text of at most 4,096 units, choices as buttons."""

from dataclasses import dataclass, field

from actions.reply import Button, Reply
from channels.cutting import cut
from channels.telegram.keyboard import MORE

LIMIT = 4096
"""UTF-16 code units of one message."""

WIDE = "utf-16-le"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown now, and what is left for “更多”."""

    text: str = field(repr=False)
    buttons: tuple[Button, ...] = ()
    rest: str = field(default="", repr=False)


def show(reply: Reply, more: str) -> Shown:
    """One reply as one message; numbers to call stand in it, where a telephone links them.

    Args:
        more: the line that says how to read on.
    """
    calls = "".join(f"\n📞 {call.name} {call.number}" for call in reply.calls)
    room = LIMIT - units(calls)
    begun, rest = cut(reply.text, 2 * room, WIDE)
    if not rest:
        return Shown((begun + calls).strip(), reply.buttons)
    begun, rest = cut(reply.text, 2 * (room - units(f"\n{more}")), WIDE)
    return Shown(f"{begun}\n{more}{calls}", (MORE, *reply.buttons), rest)


def units(text: str) -> int:
    return len(text.encode(WIDE)) // 2
