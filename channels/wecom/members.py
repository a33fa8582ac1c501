"""What a member of the enterprise sent to the application, as the gateway takes it."""

from collections.abc import Callable
from typing import Any

from actions.turn import Said
from channels.incoming import GREET, Incoming, notice, picture, place, speech, unknown, words
from channels.wecom.envelope import Fields


def read(fields: Fields) -> Incoming:
    """What a message or event means here; unknown ones get a polite word.

    Raises:
        ValueError: a place without numbers.
    """
    kind = str(fields.get("msgtype")).lower()
    if kind == "event":
        reader = EVENTS.get(event_of(fields))
        return reader(fields) if reader else Incoming(ignored=True)
    return MESSAGES.get(kind, unknown)(fields)


def event_of(fields: Fields) -> str:
    """Its name in lower case; empty for a message."""
    return str(fields.get("event") or "").lower()


def greeted(fields: Fields) -> Incoming:
    return Incoming(Said("", notice=GREET), heard_by="menu")


def leave(fields: Fields) -> Incoming:
    return Incoming(leaves=True)


MESSAGES: dict[str, Callable[[Any], Incoming]] = {
    "text": lambda fields: words(fields.get("content")),
    "voice": lambda fields: speech(fields.get("recognition")),
    "image": lambda fields: picture(fields.get("mediaid")),
    "location": lambda fields: place(
        fields.get("location_x"), fields.get("location_y"), fields.get("label")
    ),
    "video": notice("video_unseen"),
    "link": notice("link_unread"),
}
EVENTS: dict[str, Callable[[Any], Incoming]] = {
    "subscribe": greeted,
    "enter_agent": greeted,
    "unsubscribe": leave,
    "click": lambda fields: words(fields.get("eventkey"), heard_by="menu"),
}
"""Events that are not here (a link of the menu opened, a place told in passing) need no answer."""


def number_of(fields: Fields) -> str:
    """What makes a callback one: its id; an event has none but time, kind and sender."""
    if number := fields.get("msgid"):
        return str(number)[:150]
    told = (fields["createtime"], event_of(fields)[:40], fields.get("fromusername"))
    return "/".join(map(str, told))[:200]
