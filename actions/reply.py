"""What Linli says: text, and what a channel may show with it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Button:
    """A choice; pressing it sends ``text`` as if the resident had written it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer stands: title of the law or notice, article, number, date in force."""

    title: str
    article: str | None = None
    number: str | None = None
    effective: str | None = None
    link: str | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class TicketCard:
    """A ticket as its resident sees it; ``resolve_by`` in words, Asia/Shanghai.

    News of a ticket gives number and status alone.
    """

    number: str
    status: str
    title: str
    category: str | None = None
    address: str | None = None
    resolve_by: str | None = None


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number that can be tapped to call."""

    name: str
    number: str


class Signal(StrEnum):
    """What a reply tells of itself on its way out, and no resident or channel ever sees.

    PERSON: they want a person. RULE: a rule of the community leads to one. MISSED: not understood
    or not known. UNSOLVED: the answer before was of no use. NOT_OURS: no business of the
    community; no failure, but no help either.
    """

    PERSON = "person"
    RULE = "rule"
    MISSED = "missed"
    UNSOLVED = "unsolved"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True)
class Reply:
    """One message to the resident. ``urgent`` replies come before everything else.

    ``signal`` is taken off before anything is written down or sent.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    citations: tuple[Citation, ...] = ()
    ticket: TicketCard | None = None
    calls: tuple[PhoneNumber, ...] = ()
    urgent: bool = False
    signal: Signal | None = None

    @classmethod
    def of(cls, replies: Sequence["Reply"]) -> "Reply":
        """Several as one: the words of all, and the choices of the last that has any."""
        if len(replies) == 1:
            return replies[0]
        return cls(
            text="\n\n".join(reply.text for reply in replies if reply.text),
            buttons=next((reply.buttons for reply in reversed(replies) if reply.buttons), ()),
            citations=tuple(citation for reply in replies for citation in reply.citations),
            ticket=next((reply.ticket for reply in reversed(replies) if reply.ticket), None),
            calls=tuple(dict.fromkeys(call for reply in replies for call in reply.calls)),
            urgent=any(reply.urgent for reply in replies),
        )

    def to_json(self) -> dict[str, Any]:
        """As ``POST /api/chat/messages`` returns it, empty fields left out."""
        return without_empty(asdict(self))

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Reply":
        """The inverse of ``to_json``.

        Raises:
            KeyError, TypeError, ValueError: ``value`` is no reply.
        """
        ticket = value.get("ticket")
        return cls(
            text=value["text"],
            buttons=tuple(Button(**b) for b in value.get("buttons", ())),
            citations=tuple(Citation(**c) for c in value.get("citations", ())),
            ticket=TicketCard(**{"title": "", **ticket}) if ticket else None,
            calls=tuple(PhoneNumber(**c) for c in value.get("calls", ())),
            urgent=value.get("urgent", False),
            signal=Signal(value["signal"]) if value.get("signal") else None,
        )


def without_empty(value: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, item in value.items():
        if isinstance(item, dict):
            item = without_empty(item)
        elif isinstance(item, (list, tuple)):
            item = [without_empty(i) for i in item]
        if item not in (None, [], {}, False):
            kept[name] = item
    return kept
