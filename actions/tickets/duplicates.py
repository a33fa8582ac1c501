"""Tickets on the same thing nearby, and joining one of them (附议)."""

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from actions.tickets.history import locked, record
from actions.tickets.tables import EndorsementRow, TicketRow
from actions.tickets.ticket import (
    Address,
    EventKind,
    Publish,
    Ticket,
    TicketClosed,
    nobody,
)
from actions.tickets.transitions import OPEN
from actions.vault import Vault

WINDOW = timedelta(days=14)
NEARBY = 100.0
LOOKED_THROUGH = 200
"""Newest tickets of one estate or road that are compared; more would make a resident wait."""
EARTH = 6_371_008.8
THRESHOLD = 0.13
"""Of ``likeness``, so low because place and category must agree too: of twelve pairs of reports on
one thing in different words it passes all, of 264 on different things two (the test has them)."""
NOISE = re.compile(r"[^\w]|[的了呢吗啊吧呀我们你您好请是在有个这那和就都也很还]")
HAN_DIGITS = str.maketrans("零〇一二两三四五六七八九", "001223456789")


@dataclass(frozen=True, slots=True)
class Similar:
    """A ticket on what seems the same thing.

    Args:
        score: how alike the words are, 0–1.
        metres: how far apart; None where coordinates are not known on both sides.
    """

    ticket: Ticket
    score: float
    metres: float | None


@dataclass(frozen=True, slots=True)
class Endorsed:
    """Args: counted: False: this resident has joined before, or filed the ticket."""

    ticket: Ticket
    counted: bool


def find_similar(
    session: Session,
    category: tuple[str, ...],
    address: Address | None,
    text: str,
    now: datetime,
    *,
    limit: int = 3,
) -> list[Similar]:
    """Open tickets of the last 14 days on what seems the same thing, the likeliest first.

    The same first-level category, the same place (see ``same_place``) or within 100 m, and words
    alike by ``THRESHOLD``.
    """
    if not category or address is None:
        return []
    rows = session.scalars(
        select(TicketRow)
        .where(
            TicketRow.category_1 == category[0],
            TicketRow.filed_at >= now - WINDOW,
            TicketRow.status.in_(OPEN),
            around(address),
        )
        .order_by(TicketRow.filed_at.desc())
        .limit(LOOKED_THROUGH)
    )
    found = []
    for row in rows:
        there = row.address
        if there is None:
            continue
        metres = distance(address, there)
        if not (metres <= NEARBY if metres is not None else same_place(address, there)):
            continue
        score = likeness(text, f"{row.title}，{row.description}")
        if score >= THRESHOLD:
            found.append(Similar(row.ticket(), score, metres))
    return sorted(found, key=lambda s: s.score, reverse=True)[:limit]


def around(address: Address) -> ColumnElement[bool]:
    """Narrows to what may be the same place, by what the database can compare."""
    clauses: list[ColumnElement[bool]] = [false()]
    if address.community:
        clauses.append(TicketRow.community == address.community)
    if address.road:
        clauses.append(TicketRow.road == address.road)
    if address.latitude is not None and address.longitude is not None:
        north = math.degrees(NEARBY / EARTH)
        east = north / max(math.cos(math.radians(address.latitude)), 1e-6)
        clauses.append(
            and_(
                TicketRow.latitude.between(address.latitude - north, address.latitude + north),
                TicketRow.longitude.between(address.longitude - east, address.longitude + east),
            )
        )
    return or_(*clauses)


def same_place(one: Address, other: Address) -> bool:
    """Whether two addresses may be one: they share community or road, and nothing that both
    name differs. Where only one names a building, that is no difference."""
    pairs = [
        (one.district, other.district),
        (one.street, other.street),
        (one.community, other.community),
        (one.road, other.road),
        (plain_building(one.building), plain_building(other.building)),
    ]
    shared = any(a and a == b for a, b in pairs[2:4])
    return shared and not any(a and b and a != b for a, b in pairs)


def plain_building(building: str) -> str:
    """5号楼, 五号楼, 5栋 and 5# alike."""
    plain = unicodedata.normalize("NFKC", building).upper().translate(HAN_DIGITS)
    plain = re.sub(r"(\d?)十(\d?)", lambda m: f"{m[1] or 1}{m[2] or 0}", plain)
    return re.sub(r"[\s#]|号院|号楼|[号栋幢座楼]$", "", plain)


def distance(one: Address, other: Address) -> float | None:
    """Metres between two addresses (haversine); None without coordinates of the same datum."""
    if one.latitude is None or one.longitude is None or one.datum is not other.datum:
        return None
    if other.latitude is None or other.longitude is None:
        return None
    lat1, lat2 = math.radians(one.latitude), math.radians(other.latitude)
    dlat, dlon = lat2 - lat1, math.radians(other.longitude - one.longitude)
    h = math.sin(dlat / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(dlon / 2) ** 2
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, h)))


def likeness(one: str, other: str) -> float:
    """How alike two texts are, 0–1: the share of character bigrams of the shorter that the
    longer has too. Marks and the commonest particles do not count."""
    first, second = bigrams(one), bigrams(other)
    shorter = min(len(first), len(second))
    return len(first & second) / shorter if shorter else 0.0


def bigrams(text: str) -> set[str]:
    plain = NOISE.sub("", unicodedata.normalize("NFKC", text).lower())
    return {plain[i : i + 2] for i in range(len(plain) - 1)}


def endorse(
    session: Session,
    number: str,
    conversation: str,
    *,
    channel: str,
    now: datetime,
    vault: Vault,
    phone: str = "",
    publish: Publish = nobody,
) -> Endorsed:
    """Lets a further resident join a ticket, once by conversation and once by phone.

    Raises:
        UnknownTicket: there is none of this number.
        TicketClosed: nobody works on it any more.
    """
    row = locked(session, number)
    if row.status not in OPEN:
        raise TicketClosed(number, row.status)
    prints = vault.fingerprints(phone) if phone else ()
    joined = select(EndorsementRow.id).where(
        EndorsementRow.ticket_id == row.id,
        or_(
            EndorsementRow.conversation == conversation,
            EndorsementRow.phone_fingerprint.in_(prints),
        ),
    )
    own = row.conversation == conversation or row.phone_fingerprint in prints
    if own or session.scalar(joined.limit(1)) is not None:
        return Endorsed(row.ticket(), False)
    session.add(
        EndorsementRow(
            ticket_id=row.id,
            channel=channel,
            conversation=conversation,
            phone_fingerprint=prints[0] if prints else None,
            at=now,
        )
    )
    row.endorsements += 1
    record(session, row, EventKind.ENDORSED, now=now, actor="resident", publish=publish)
    return Endorsed(row.ticket(), True)


def endorsers(session: Session, number: str) -> list[tuple[str, str]]:
    """Channel and conversation of those who joined, to be told what becomes of the ticket."""
    rows = (
        select(EndorsementRow.channel, EndorsementRow.conversation)
        .join(TicketRow, TicketRow.id == EndorsementRow.ticket_id)
        .where(TicketRow.number == number)
        .order_by(EndorsementRow.id)
    )
    return [(channel, conversation) for channel, conversation in session.execute(rows)]
