"""Choices: a menu to tap where WeCom has one (微信客服), numbers to answer with elsewhere."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.reply import Button, Reply
from actions.vault import Vault
from channels.plain import as_text
from channels.tables import TranscriptRow
from channels.transcript import LINLI, reply_of

OURS = "="
"""Begins the ids of our choices; a menu made in WeCom's console has other ones."""

HEAD, ID, TITLE, MOST = 1024, 64, 128, 10
"""Bytes above a menu, of a choice's id (older documents say 64, newer 128) and of what is shown of
it; choices at most (发送消息, 菜单消息)."""

LISTED = re.compile(r"^\s*\d+\s*[.、．:：)）]", re.MULTILINE)
NUMBER = re.compile(r"(?:选|第)?\s*(\d)\s*(?:个|项)?[.。、!]?")
LOOKS_BACK = 6
"""Lines of a transcript among which the last answer is found."""


def menu_of(reply: Reply) -> dict[str, Any] | None:
    """The menu message of a reply; None where it has no choices, or more than fits."""
    choices, head = reply.buttons, as_text(reply.text) + numbers_to_call(reply)
    if not choices or len(choices) > MOST or not 0 < len(head.encode()) <= HEAD:
        return None
    if any(len(as_text(button.title).encode()) > TITLE for button in choices):
        return None
    items = [{"type": "click", "click": click(button)} for button in choices]
    return {"head_content": head, "list": items}


def click(button: Button) -> dict[str, str]:
    """A tap sends the title back, with the id beside it."""
    meant = OURS + button.text
    if len(meant.encode()) <= ID:
        return {"id": meant, "content": as_text(button.title)}
    return {"content": as_text(button.text if len(button.text.encode()) <= TITLE else button.title)}


def numbers_to_call(reply: Reply) -> str:
    return "".join(f"\n📞 {as_text(call.name)} {as_text(call.number)}" for call in reply.calls)


def is_numbered(reply: Reply) -> bool:
    """Whether its choices get numbers; not where the text has a numbered list of its own."""
    return bool(reply.buttons) and len(reply.buttons) < 10 and LISTED.search(reply.text) is None


def meant(session: Session, conversation: str, text: str, vault: Vault, *, tappable: bool) -> str:
    """What somebody wrote; for the number of a choice that was just shown, its words.

    Args:
        tappable: where a menu could be shown it was, and no numbers.
    """
    number = NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if number is None:
        return text
    place = int(number.group(1))
    choices = choices_shown(last_replies(session, conversation, vault), tappable=tappable)
    return choices[place - 1].text if 0 < place <= len(choices) else text


def choices_shown(replies: Sequence[Reply], *, tappable: bool) -> Sequence[Button]:
    if not replies:
        return ()
    said = Reply.of(replies)
    if not is_numbered(said) or (tappable and menu_of(said) is not None):
        return ()
    return said.buttons


def last_replies(session: Session, conversation: str, vault: Vault) -> list[Reply]:
    """What was said since the resident's last word, in order."""
    rows = session.scalars(
        select(TranscriptRow)
        .where(TranscriptRow.conversation == conversation)
        .order_by(TranscriptRow.id.desc())
        .limit(LOOKS_BACK)
    )
    replies: list[Reply] = []
    for row in rows:
        if row.speaker != LINLI:
            break
        replies.insert(0, reply_of(row, vault))
    return replies
