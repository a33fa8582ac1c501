"""A reply as WeCom shows it: one text of at most 2,048 bytes, its choices behind it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from actions.reply import Reply
from actions.wording import Wording
from channels.plain import as_text, fitted
from channels.wecom.menu import is_numbered, numbers_to_call

LIMIT = 2048
"""Bytes of a text in UTF-8, to members and to customers."""

SEPARATOR = "\n\n"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown now, and what is left for “更多”."""

    text: str = field(repr=False)
    rest: str = field(default="", repr=False)


def show(replies: Sequence[Reply], wording: Wording) -> Shown:
    """Several replies as one text."""
    said = SEPARATOR.join(as_text(reply.text) for reply in replies if reply.text)
    behind = numbers_to_call(replies) + choices(replies, wording)
    shown, rest = fitted(said, LIMIT - len(behind.encode()), wording.text("more"))
    return Shown(shown + behind, rest)


def choices(replies: Sequence[Reply], wording: Wording) -> str:
    """The choices of the last reply that has any, numbered where a number can only mean them."""
    last = next((reply for reply in reversed(replies) if reply.buttons), None)
    if last is None:
        return ""
    titles = [as_text(button.title) for button in last.buttons]
    if not is_numbered(last):
        return f"\n\n{wording.text('choose_in_words', choices='、'.join(f'“{t}”' for t in titles))}"
    lines = [f"{number}. {title}" for number, title in enumerate(titles, 1)]
    return "\n\n" + "\n".join((wording.text("choose_by_number"), *lines))
