"""What came from Telegram, as the gateway takes it: words, a place, a picture, or a press.

Only private chats are heard; what is said in groups is nobody's request to Linli. Names and
usernames are not looked at.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update

from actions.turn import Location, Said

LISTENS_TO = ("message", "edited_message", "callback_query", "my_chat_member")
"""The updates that Telegram is asked to send."""

COMMANDS: Mapping[str, Said] = {
    "start": Said("", notice="greet"),
    "help": Said("", notice="help"),
    "report": Said("我要反映问题"),
    "tickets": Said("我的工单"),
    "cancel": Said("取消"),
}
"""What a command says, in Linli's words; an unknown one asks for help."""

MENU: Mapping[str, str] = {
    "help": "能办什么",
    "report": "反映问题",
    "tickets": "我的工单",
    "cancel": "取消正在报的事",
}
"""What stands beside the commands in the bot's menu."""

PICTURE_FILES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
LONGEST_NUMBER = 2**63
LONGEST_NAME = 250


@dataclass(frozen=True, slots=True)
class Press:
    """A choice pressed: ``query`` wants an answer, so that the button stops turning.

    ``message`` and ``titles`` (what is shown, by data) tell where the button stands; a message
    of more than two days ago has no titles any more.
    """

    query: str
    message: int
    data: str = field(repr=False)
    titles: tuple[tuple[tuple[str, str], ...], ...] = field(default=(), repr=False)

    @property
    def title(self) -> str:
        found = (title for row in self.titles for title, data in row if data == self.data)
        return next(found, "")


@dataclass(frozen=True, slots=True)
class Incoming:
    """``chat`` is whose it is, ``number`` which message of the chat.

    ``edits`` is the number of the message that this is the new wording of. ``leaves``: they have
    blocked the bot.
    """

    chat: int = field(repr=False)
    number: str = ""
    said: Said = field(default_factory=lambda: Said(""), repr=False)
    edits: str = ""
    press: Press | None = None
    leaves: bool = False


def read(update: Update) -> Incoming | None:
    """What an update says to Linli; None where it says nothing to it.

    Whatever Telegram's types promise is looked at again: nothing here raises on a field of
    another type.
    """
    if update.callback_query is not None:
        return pressed(update.callback_query)
    if update.edited_message is not None:
        return edited(update.edited_message, update.update_id)
    if update.message is not None:
        return said(update.message)
    if update.my_chat_member is not None:
        return left(update.my_chat_member)
    return None


def said(message: Message) -> Incoming | None:
    chat = private(message)
    if chat is None or not is_number(message.message_id):
        return None
    return Incoming(chat, str(message.message_id), content(message))


def edited(message: Message, update: int) -> Incoming | None:
    """A new wording. A live location moves without anybody saying anything."""
    chat = private(message)
    if chat is None or not is_number(message.message_id) or not is_number(update):
        return None
    words = words_of(message)
    if not words:
        return None
    number = str(message.message_id)
    said = command(words) or Said(words, edited=True)
    return Incoming(chat, f"{number}/e{update}", said, edits=number)


def pressed(query: CallbackQuery) -> Incoming | None:
    message = query.message
    if message is None or not is_name(query.id) or not isinstance(query.data, str):
        return None
    chat = private(message)
    if chat is None or not is_number(message.message_id):
        return None
    press = Press(query.id, message.message_id, query.data, titles(message))
    return Incoming(chat, f"{message.message_id}/p", press=press)


def titles(message: Any) -> tuple[tuple[tuple[str, str], ...], ...]:
    markup = getattr(message, "reply_markup", None)
    if markup is None:
        return ()
    return tuple(
        tuple(
            (button.text, button.callback_data)
            for button in row
            if isinstance(button.text, str) and isinstance(button.callback_data, str)
        )
        for row in markup.inline_keyboard
    )


def left(change: ChatMemberUpdated) -> Incoming | None:
    """Whether they have blocked the bot; that it is unblocked, their next word tells."""
    chat = private(change)
    if chat is None or change.new_chat_member.status not in {"kicked", "left"}:
        return None
    return Incoming(chat, leaves=True)


def private(of: Any) -> int | None:
    """The chat it belongs to; None where it is not one person's chat with the bot."""
    chat = of.chat
    number = getattr(chat, "id", None)
    return number if getattr(chat, "type", "") == "private" and is_number(number) else None


def content(message: Message) -> Said:
    """What a message says: by what it holds, with the words under it."""
    words = words_of(message)
    if words:
        found = command(words)
        if found is not None:
            return found
    for kind, reader in KINDS.items():
        if getattr(message, kind, None):
            return reader(message, words)
    return Said(words) if words else Said("", notice="unknown_message")


def words_of(message: Message) -> str:
    words = message.text or message.caption
    return words if isinstance(words, str) else ""


def command(words: str) -> Said | None:
    """What ``/help`` or ``/help@somebot`` says; None where it is no command."""
    if not words.startswith("/"):
        return None
    name = words[1:].split(maxsplit=1)[0] if words[1:].strip() else ""
    plain = name.partition("@")[0].lower()
    if not (plain.isascii() and plain.isidentifier()):
        return None
    return COMMANDS.get(plain, COMMANDS["help"])


def place(message: Message, words: str) -> Said:
    """A point, named where it is a venue; Telegram's coordinates are in WGS-84."""
    point = message.location
    if point is None or not is_on_the_globe(point.latitude, point.longitude):
        return Said("", notice="unknown_message")
    named = (getattr(message.venue, "title", ""), getattr(message.venue, "address", ""))
    label = "，".join(part for part in named if part and isinstance(part, str))[:200]
    return Said(words, Location(point.latitude, point.longitude, label or None, "WGS-84"))


def photo(message: Message, words: str) -> Said:
    """The largest of the sizes that Telegram keeps of a photo."""
    sizes = [size for size in message.photo if is_name(size.file_id) and is_number(size.width)]
    if not sizes:
        return Said(words) if words else Said("", notice="picture_lost")
    return Said(words, media=(max(sizes, key=lambda size: size.width).file_id,))


def document(message: Message, words: str) -> Said:
    """A picture may be sent as a file; other files are not opened."""
    file = message.document
    if file is not None and file.mime_type in PICTURE_FILES and is_name(file.file_id):
        return Said(words, media=(file.file_id,))
    return or_words("file_unread")(message, words)


def contact(message: Message, words: str) -> Said:
    """One's own number, shared instead of typed; a card of somebody else is left alone."""
    card = message.contact
    theirs = message.from_user.id if message.from_user else None
    number = getattr(card, "phone_number", None)
    if card is None or theirs is None or card.user_id != theirs or not isinstance(number, str):
        return Said("", notice="unknown_message")
    digits = "".join(c for c in number if c.isascii() and c.isdigit())
    return Said(digits.removeprefix("86") if len(digits) == 13 else digits)


def or_words(notice: str) -> Callable[[Message, str], Said]:
    """The words under it, or else a line that says what to do instead."""
    return lambda message, words: Said(words) if words else Said("", notice=notice)


KINDS: Mapping[str, Callable[[Message, str], Said]] = {
    "location": place,
    "photo": photo,
    "animation": or_words("video_unseen"),
    "document": document,
    "voice": or_words("voice_unread"),
    "audio": or_words("voice_unread"),
    "video": or_words("video_unseen"),
    "video_note": or_words("video_unseen"),
    "contact": contact,
}
"""Readers, the more special before the more general: an animation is a document as well."""


def is_number(value: object) -> TypeGuard[int]:
    return type(value) is int and abs(value) < LONGEST_NUMBER


def is_name(value: object) -> TypeGuard[str]:
    """One of Telegram's own names of a file or a query."""
    return isinstance(value, str) and value.isascii() and 0 < len(value) <= LONGEST_NAME


def is_on_the_globe(latitude: object, longitude: object) -> bool:
    return (
        isinstance(latitude, float | int)
        and isinstance(longitude, float | int)
        and math.isfinite(latitude)
        and math.isfinite(longitude)
        and abs(latitude) <= 90
        and abs(longitude) <= 180
    )
