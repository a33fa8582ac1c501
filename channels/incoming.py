"""What came in, as the gateway takes it: words, a place, a picture, or an event."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

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


def notice(key: str) -> Callable[[Any], Incoming]:
    """What cannot be read gets a line of its own."""
    return lambda message: Incoming(Said("", notice=key))


unknown = notice("unknown_message")


def words(text: object, *, heard_by: str = "message") -> Incoming:
    return Incoming(Said(str(text or "")), heard_by=heard_by)


def picture(media: object) -> Incoming:
    """A picture by the channel's name of it."""
    return Incoming(Said("", media=(str(media),)) if media else Said("", notice="picture_lost"))


def speech(recognised: object) -> Incoming:
    """Recognised speech is words, marked as such; the other is asked for in writing."""
    heard = str(recognised or "").strip()
    return Incoming(Said(heard, spoken=True) if heard else Said("", notice="voice_unheard"))


def place(latitude: object, longitude: object, label: object) -> Incoming:
    """A point in GCJ-02, as Tencent's platforms send it.

    Raises:
        ValueError, TypeError: these are no numbers.
    """
    north, east = float(str(latitude)), float(str(longitude))
    if not (-90 <= north <= 90 and -180 <= east <= 180):
        return unknown(None)
    return Incoming(Said("", Location(north, east, str(label or "")[:200] or None, "GCJ-02")))
