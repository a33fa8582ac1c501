"""The desk (坐席): what it works with, and what it says to residents."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.draft import Draft, DraftState, save
from actions.offer import Offer, OfferKind, last_offer, make_offer, withdraw_offer
from actions.reply import Reply
from actions.report import ask_again
from actions.taking import with_addition
from actions.turn import Means
from channels.hotline.handover import Ending, Reason, end, position
from channels.hotline.hours import OfficeHours
from channels.hotline.summary import report_at_hand, text_of
from channels.hotline.tables import HandoverRow
from channels.hotline.wishes import tells_of_matter
from channels.tables import TranscriptRow
from channels.transcript import RESIDENT
from nlu.phone import mask_phones

BECAUSE: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.ASKED: "desk_because_asked",
        Reason.FAILURES: "desk_because_failures",
        Reason.RULE: "desk_because_rule",
    }
)

SORRY: Mapping[Reason, str] = MappingProxyType(
    {Reason.FAILURES: "desk_shut_failures", Reason.RULE: "desk_shut_rule"}
)

AFTERWARDS: Mapping[Ending, tuple[str, str]] = MappingProxyType(
    {
        Ending.BACK: ("desk_over", "desk_what_else"),
        Ending.CANCELLED: ("desk_cancelled", "desk_what_else"),
        Ending.NOBODY: ("desk_nobody", "desk_offer_ticket"),
        Ending.OFF_HOURS: ("desk_off_hours", "desk_offer_ticket"),
        Ending.ABANDONED: ("desk_abandoned", "desk_offer_ticket"),
        Ending.SILENCE: ("desk_over", "desk_what_else"),
    }
)
"""What is said of an ending, and what follows where no report is to go on."""

UNHEARD = frozenset({Ending.CANCELLED, Ending.TICKET, Ending.NOBODY, Ending.OFF_HOURS})
"""Endings where no person has read what was said meanwhile."""

UNSERVED = UNHEARD | {Ending.ABANDONED}
"""Endings after which a ticket can be had for what was said."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What both sides of the desk work with.

    Args:
        hours: when people sit there; no shifts: there is no desk.
        waits_at_most: after this nobody is waited for any more.
        silent_after: after this a conversation in which nobody speaks goes back.
        failures: messages in a row of no use that lead to a person; 0: any number.
    """

    means: Means
    hours: OfficeHours
    waits_at_most: timedelta
    silent_after: timedelta
    failures: int


def say_waiting(session: Session, row: HandoverRow, desk: Desk) -> Reply:
    return desk.means.wording.say(
        "desk_waiting",
        because=desk.means.wording.text(BECAUSE[Reason(row.reason)]),
        position=position(session, row),
        hours=desk.hours.in_words(),
    )


def say_position(session: Session, row: HandoverRow, desk: Desk, now: datetime) -> Reply:
    minutes = max(1, int((now - row.since).total_seconds() // 60))
    return desk.means.wording.say("desk_position", position=position(session, row), minutes=minutes)


def say_shut(reason: Reason, desk: Desk, now: datetime) -> Reply:
    """That nobody is there now, and when somebody will be."""
    wording = desk.means.wording
    because = wording.text(SORRY[reason]) if reason in SORRY else ""
    return wording.say("desk_shut", because=because, **when_open(desk, now))


def when_open(desk: Desk, now: datetime) -> dict[str, str]:
    at = desk.hours.opening_in_words(now)
    opens = desk.means.wording.text("desk_opens", at=at) if at else ""
    return {"hours": desk.hours.in_words(), "opens": opens}


def close(
    session: Session, row: HandoverRow, ending: Ending, by: str, desk: Desk, now: datetime
) -> Reply:
    """Ends the handover; what the resident is told, and how the conversation goes on.

    A report begun before goes on with its question. Where no person has read what was said
    meanwhile, it goes into that report, or into the ticket that is offered.

    Raises:
        HandoverError: it is closed.
    """
    end(session, row, ending, by, now)
    if ending is Ending.SETTLED:
        drop_report(session, row, desk, now)
        return desk.means.wording.say("desk_settled")
    said, otherwise = AFTERWARDS[ending]
    first = desk.means.wording.say(said, **when_open(desk, now))
    draft = go_on(session, row, ending, desk, now)
    if draft is not None:
        question = ask_again(session, draft, desk.means)
        lead = desk.means.wording.text("desk_go_on")
        return replace(question, text=f"{first.text}{lead}\n{question.text}")
    if ending in UNSERVED:
        offer_ticket(session, row, desk, now)
    else:
        withdraw_offer(session, row.conversation)
    rest = desk.means.wording.say(otherwise)
    return replace(rest, text=f"{first.text}{rest.text}")


def go_on(
    session: Session, row: HandoverRow, ending: Ending, desk: Desk, now: datetime
) -> Draft | None:
    """The report that was at hand when the handover began, at hand again."""
    vault = desk.means.vault
    draft = report_at_hand(session, row.conversation, vault, row.since)
    if draft is None:
        return None
    for words in said_meanwhile(session, row, desk) if ending in UNHEARD else ():
        draft = with_addition(draft, mask_phones(words))
    save(session, draft, vault, now)
    return draft


def drop_report(session: Session, row: HandoverRow, desk: Desk, now: datetime) -> None:
    """What its operator has settled is asked for no more."""
    vault = desk.means.vault
    withdraw_offer(session, row.conversation)
    draft = report_at_hand(session, row.conversation, vault, row.since)
    if draft is not None:
        save(session, replace(draft, state=DraftState.CANCELLED), vault, now)


def offer_ticket(session: Session, row: HandoverRow, desk: Desk, now: datetime) -> None:
    """“登记工单” will take the question with it, and all that was said meanwhile."""
    vault = desk.means.vault
    offer = last_offer(session, row.conversation, vault, now)
    asked = str(offer.about.get("question", "")) if offer and offer.kind is OfferKind.REPORT else ""
    question = "\n".join(filter(None, (asked, *said_meanwhile(session, row, desk))))
    about = Offer(OfferKind.REPORT, {"question": question})
    make_offer(session, row.conversation, about, vault, now)


def said_meanwhile(session: Session, row: HandoverRow, desk: Desk) -> list[str]:
    """What the resident has written since, without what only ends the waiting."""
    rows = session.scalars(
        select(TranscriptRow)
        .where(
            TranscriptRow.conversation == row.conversation,
            TranscriptRow.speaker == RESIDENT,
            TranscriptRow.inbound > row.inbound,
        )
        .order_by(TranscriptRow.id)
    )
    said = [text_of(line, desk.means.vault) for line in rows]
    return [text for text in said if tells_of_matter(text)]
