"""Choices as buttons under a message, and back from what a press brings to what it says.

A button carries at most 64 bytes. What is longer travels as a mark, and is found again among the
choices that stand in the conversation's own record, after a restart and on every process.
"""

import hashlib
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session
from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from actions.reply import Button
from actions.vault import Vault
from channels.tables import TranscriptRow
from channels.transcript import LINLI, reply_of

MOST_BYTES = 64
MARK = "#"
MORE = Button("更多", "更多")
CHOSEN = "✓ "

ROW = 14
"""Characters that stand side by side on a telephone."""

LOOKS_BACK = 200
"""Lines of the record among which a choice is looked for."""


def data_of(text: str) -> str:
    """What the button of a choice carries."""
    if len(text.encode()) <= MOST_BYTES and not text.startswith(MARK):
        return text
    return MARK + hashlib.sha256(text.encode()).hexdigest()[:40]


def keyboard(buttons: Sequence[Button]) -> InlineKeyboardMarkup | None:
    """Buttons, as many in a row as can be read; None where there are none."""
    rows: list[list[InlineKeyboardButton]] = []
    room = 0
    for button in buttons:
        if not button.text or not button.title:
            continue
        made = InlineKeyboardButton(button.title, callback_data=data_of(button.text))
        if rows and len(button.title) + 2 <= room:
            rows[-1].append(made)
        else:
            rows.append([made])
            room = ROW
        room -= len(button.title) + 2
    return InlineKeyboardMarkup(rows) if rows else None


def ticked(titles: Sequence[Sequence[tuple[str, str]]], data: str) -> InlineKeyboardMarkup | None:
    """The same buttons with the pressed one marked; None where there is nothing to mark."""
    rows = [
        [
            InlineKeyboardButton(mark(title) if its == data else title, callback_data=its)
            for title, its in row
        ]
        for row in titles
        if row
    ]
    before = [[title for title, _ in row] for row in titles if row]
    changed = [[button.text for button in row] for row in rows] != before
    return InlineKeyboardMarkup(rows) if changed else None


def mark(title: str) -> str:
    return title if title.startswith(CHOSEN) else CHOSEN + title


def meant_by(session: Session, conversation: str, data: str, vault: Vault) -> str:
    """What a press says; empty where its choice is not in the record any more."""
    if not data.startswith(MARK):
        return data
    lines = session.scalars(
        select(TranscriptRow)
        .where(TranscriptRow.conversation == conversation, TranscriptRow.speaker == LINLI)
        .order_by(TranscriptRow.id.desc())
        .limit(LOOKS_BACK)
    )
    choices = (button.text for line in lines for button in reply_of(line, vault).buttons)
    return next((text for text in choices if data_of(text) == data), "")
