"""What ``kf/sync_msg`` brings: customers' messages, events, and what servicers wrote themselves."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

from channels.incoming import Incoming, notice, picture, place, unknown, words
from channels.sealed import MALFORMED, Malformed
from channels.wecom.envelope import lowered
from channels.wecom.menu import OURS
from channels.wecom.person import Person


class Origin(IntEnum):
    """Who it comes from (``origin``)."""

    CUSTOMER = 3
    EVENT = 4
    SERVICER = 5


@dataclass(frozen=True, slots=True)
class Brought:
    """One item of a page. ``about`` are an event's fields, their names in lower case; ``at`` is
    None where it does not say when."""

    id: str
    origin: int
    person: Person = field(repr=False)
    at: datetime | None
    incoming: Incoming = field(repr=False)
    about: Mapping[str, Any] = field(repr=False)


def read(item: object, service: str) -> Brought:
    """An item as it came.

    Args:
        service: the customer-service account that was asked for; an item need not name its own.

    Raises:
        Malformed: it is none.
    """
    try:
        fields = lowered(item)  # type: ignore[arg-type]  # what is no mapping is told below
        kind = str(fields["msgtype"]).lower()
        content = fields.get(kind) or {}
        about = content if kind == "event" else {}
        named = {**about, **{name: value for name, value in fields.items() if value}}
        person = Person(
            str(named.get("external_userid") or ""), str(named.get("open_kfid") or service)
        )
        return Brought(
            id=str(fields["msgid"])[:150],
            origin=Origin.EVENT if kind == "event" else int(fields.get("origin") or 0),
            person=person,
            at=moment(fields.get("send_time")),
            incoming=Incoming(ignored=True) if about else MESSAGES.get(kind, unknown)(content),
            about=about,
        )
    except (*MALFORMED, OSError) as error:
        raise Malformed(type(error).__name__) from error


def moment(told: object) -> datetime | None:
    """Seconds since 1970, as WeCom writes them; None for nothing.

    Raises:
        ValueError, OverflowError, OSError: no moment.
    """
    return datetime.fromtimestamp(int(str(told)), UTC) if told else None


def said(content: Mapping[str, Any]) -> Incoming:
    """A tap on one of our choices comes as text, with what it stands for as ``menu_id``."""
    chosen = str(content.get("menu_id") or "")
    return words(chosen[1:] if chosen.startswith(OURS) else content.get("content"))


def located(content: Mapping[str, Any]) -> Incoming:
    label = " ".join(str(content[name]) for name in ("address", "name") if content.get(name))
    return place(content.get("latitude"), content.get("longitude"), label)


MESSAGES: dict[str, Callable[[Any], Incoming]] = {
    "text": said,
    "image": lambda content: picture(content.get("media_id")),
    "location": located,
    "voice": notice("voice_unheard"),
    "video": notice("video_unseen"),
    "file": notice("file_unread"),
    "link": notice("link_unread"),
}
"""Others (名片、小程序、视频号、聊天记录 …) get a polite word."""
