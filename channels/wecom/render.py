"""A reply as WeCom shows it: one text of at most 2,048 bytes, its choices behind it."""

from dataclasses import dataclass, field

from actions.reply import Reply
from actions.wording import Wording
from channels.plain import as_text, fitted
from channels.wecom.menu import is_numbered, numbers_to_call

LIMIT = 2048
"""Bytes of a text in UTF-8, to members and to customers."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown now, and what is left for “更多”."""

    text: str = field(repr=False)
    rest: str = field(default="", repr=False)


def show(reply: Reply, wording: Wording) -> Shown:
    """A reply with its choices and numbers to call."""
    behind = numbers_to_call(reply) + choices(reply, wording)
    room = LIMIT - len(behind.encode())
    shown, rest = fitted(as_text(reply.text), room, wording.text("more"))
    return Shown(shown + behind, rest)


def choices(reply: Reply, wording: Wording) -> str:
    """The choices, numbered where a number can only mean them."""
    titles = [as_text(button.title) for button in reply.buttons]
    if not titles:
        return ""
    if not is_numbered(reply):
        return f"\n\n{wording.text('choose_in_words', choices='、'.join(f'“{t}”' for t in titles))}"
    lines = [f"{number}. {title}" for number, title in enumerate(titles, 1)]
    return "\n\n" + "\n".join((wording.text("choose_by_number"), *lines))
