"""What came from WeChat, as the gateway takes it."""

from collections.abc import Callable
from typing import Any

from wechatpy.messages import BaseMessage

from actions.turn import Said
from channels.incoming import GREET, Incoming, notice, picture, place, speech, unknown, words


def read(message: BaseMessage) -> Incoming:
    """What a message or event means here; unknown ones get a polite word.

    Raises:
        ValueError, TypeError: a place without numbers.
    """
    if message.type == "event" or hasattr(message, "event"):
        reader = EVENTS.get(str(getattr(message, "event", "")).lower())
        return reader(message) if reader else Incoming(ignored=True)
    return MESSAGES.get(message.type, unknown)(message)


def location(message: Any) -> Incoming:
    """WeChat's x is the latitude, y the longitude."""
    return place(message.location_x, message.location_y, message.label)


def click(message: Any) -> Incoming:
    """The key of a menu's button is what it says."""
    return words(message.key, heard_by="menu")


def follow(message: Any) -> Incoming:
    return Incoming(Said("", notice=GREET), heard_by="menu")


def leave(message: Any) -> Incoming:
    return Incoming(leaves=True)


MESSAGES: dict[str, Callable[[Any], Incoming]] = {
    "text": lambda message: words(message.content),
    "voice": lambda message: speech(message.recognition),
    "image": lambda message: picture(message.media_id),
    "location": location,
    "video": notice("video_unseen"),
    "shortvideo": notice("video_unseen"),
    "link": notice("link_unread"),
}
EVENTS: dict[str, Callable[[Any], Incoming]] = {
    "subscribe": follow,
    "subscribe_scan": follow,
    "scan": follow,
    "unsubscribe": leave,
    "click": click,
}
"""Events that are not here (a link of the menu opened, a notice delivered …) need no answer."""


def number_of(message: BaseMessage) -> str:
    """What makes a message one: its id; an event has none but sender, time and kind."""
    if number := message._data.get("MsgId"):
        return str(number)[:150]
    event = str(message._data.get("Event", ""))[:40]
    return f"{message._data['CreateTime']}/{event}/{message.source}"[:200]
