"""What came from WeChat, as the gateway takes it: words, a place, a picture, or an event."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from wechatpy.messages import BaseMessage

from actions.turn import Location, Said

GREET = "greet"


@dataclass(frozen=True, slots=True)
class Incoming:
    """``heard_by``: what gives the right to write first: a message, or a menu, follow or scan.

    ``leaves``: they have unfollowed. ``ignored``: it needs no answer.
    """

    said: Said = field(default_factory=lambda: Said(""), repr=False)
    heard_by: str = "message"
    leaves: bool = False
    ignored: bool = False


def read(message: BaseMessage) -> Incoming:
    """What a message or event means here; unknown ones get a polite word."""
    if message.type == "event" or hasattr(message, "event"):
        reader = EVENTS.get(str(getattr(message, "event", "")).lower())
        return reader(message) if reader else Incoming(ignored=True)
    return MESSAGES.get(message.type, unknown)(message)


def text(message: Any) -> Incoming:
    return Incoming(Said(str(message.content or "")))


def voice(message: Any) -> Incoming:
    """Recognised speech is words, marked as such; the other is asked for in writing."""
    heard = str(message.recognition or "").strip()
    if not heard:
        return Incoming(Said("", notice="voice_unheard"))
    return Incoming(Said(heard, spoken=True))


def image(message: Any) -> Incoming:
    media = str(message.media_id or "")
    return Incoming(Said("", media=(media,)) if media else Said("", notice="picture_lost"))


def location(message: Any) -> Incoming:
    """WeChat's coordinates are in GCJ-02: x is the latitude, y the longitude."""
    latitude, longitude = float(message.location_x), float(message.location_y)
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return unknown(message)
    label = str(message.label or "")[:200] or None
    return Incoming(Said("", Location(latitude, longitude, label, "GCJ-02")))


def click(message: Any) -> Incoming:
    """The key of a menu's button is what it says."""
    return Incoming(Said(str(message.key or "")), heard_by="menu")


def follow(message: Any) -> Incoming:
    return Incoming(Said("", notice=GREET), heard_by="menu")


def leave(message: Any) -> Incoming:
    return Incoming(leaves=True)


def notice(key: str) -> Callable[[Any], Incoming]:
    return lambda message: Incoming(Said("", notice=key))


unknown = notice("unknown_message")

MESSAGES: dict[str, Callable[[Any], Incoming]] = {
    "text": text,
    "voice": voice,
    "image": image,
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
