"""Ending a report: filing the ticket, joining another, or letting go; and how a ticket is shown."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from actions.draft import Draft, DraftState, Step, latest, save
from actions.offer import Offer, OfferKind, make_offer, withdraw_offer
from actions.reply import Reply, TicketCard
from actions.summary import title
from actions.tickets.duplicates import endorse
from actions.tickets.register import file
from actions.tickets.ticket import (
    STATUS_NAMES,
    Address,
    Datum,
    NewTicket,
    Ticket,
    TicketError,
)
from actions.turn import Means, Outcome, Turn
from actions.waiting import offer_next
from nlu.address import find_addresses
from nlu.clock import SHANGHAI
from nlu.spans import spanned
from nlu.text import title_of

logger = logging.getLogger(__name__)

SLOTS = (Step.WHAT, Step.WHERE, Step.CONTACT, Step.CONFIRMATION)
SLOT_NAMES = tuple(step.value for step in SLOTS)
UNSET = dict.fromkeys(SLOT_NAMES)
"""Rasa's slots of a report, as they are once it has ended."""


def finish_report(turn: Turn, means: Means) -> Outcome:
    """File, endorse or let go, as the draft says; running it twice files nothing twice.

    Where the database refuses, what was confirmed stays so and is filed by the next “好”.
    """
    try:
        return finish(turn, means)
    except SQLAlchemyError as error:
        logger.error("message %d could not be filed: %s", turn.message, type(error).__name__)
        return Outcome((means.wording.say("filing_failed"),), slots=UNSET)


def finish(turn: Turn, means: Means) -> Outcome:
    now = means.clock()
    with means.sessions.begin() as session:
        found = latest(session, turn.conversation, means.vault, *DraftState)
        if found is None or found[0].state is DraftState.OPEN:
            return Outcome((means.wording.say("finish_incomplete"),), slots=UNSET)
        reply = FINISHES[found[0].state](session, found[0], means, now)
        following = offer_next(session, found[0], means, now)
        if following is not None:
            return Outcome((reply, following), slots=UNSET)
        left = latest(session, turn.conversation, means.vault, DraftState.OPEN)
        if left is None or not left[0].what:
            withdraw_offer(session, turn.conversation)
            return Outcome((reply,), slots=UNSET)
        make_offer(session, turn.conversation, Offer(OfferKind.RESUME, {}), means.vault, now)
        offered = means.wording.say("resume_offer", title=title(left[0]))
        return Outcome((reply, offered), slots=UNSET)


@spanned("tickets.file")
def finish_confirmed(session: Session, draft: Draft, means: Means, now: datetime) -> Reply:
    ticket = file_draft(session, draft, means, now)
    done = replace(draft, state=DraftState.FILED, number=ticket.number)
    save(session, done, means.vault, now)
    filed = means.wording.say(
        "filed",
        number=ticket.number,
        accept_by=in_words(ticket.accept_by),
        resolve_by=in_words(ticket.resolve_by),
    )
    return replace(filed, ticket=card(ticket))


def description(draft: Draft, means: Means) -> str:
    """The resident's words; what a machine has heard is marked, since it may have misheard."""
    return f"{draft.what}\n{means.wording.text('spoken')}" if draft.spoken else draft.what


def file_draft(
    session: Session, draft: Draft, means: Means, now: datetime, *, incomplete: bool = False
) -> Ticket:
    """The draft as a ticket; its key makes a repetition find the first one."""
    sure = draft.categories[0].confidence if draft.categories else None
    return file(
        session,
        NewTicket(
            kind=draft.kind,
            description=description(draft, means),
            title=title(draft),
            category=(draft.categories[0].name,) if draft.categories else (),
            confidence=None if draft.chosen else sure,
            happened=draft.when,
            happened_at=draft.happened,
            plates=draft.plates,
            address=address_of(draft),
            contact_name=draft.name,
            contact_phone=draft.phone,
            anonymous=draft.anonymous,
            confidential=draft.confidential,
            attachments=draft.images,
            channel=draft.channel,
            conversation=draft.conversation,
            incomplete=incomplete,
        ),
        key=draft.key,
        now=now,
        vault=means.vault,
        rules=means.rules,
        calendar=means.calendar,
    )


def finish_endorsed(session: Session, draft: Draft, means: Means, now: datetime) -> Reply:
    try:
        endorsed = endorse(
            session,
            draft.similar,
            draft.conversation,
            channel=draft.channel,
            now=now,
            vault=means.vault,
            phone="" if draft.anonymous else draft.phone,
        )
    except TicketError:  # settled in the meantime: a ticket of one's own is what was wanted
        alone = replace(draft, state=DraftState.OPEN, alone=True).asking()
        save(session, alone, means.vault, now)
        return means.wording.say("finish_incomplete")
    save(session, replace(draft, number=draft.similar), means.vault, now)
    reply = means.wording.say("endorsed", number=draft.similar)
    return replace(reply, ticket=card(endorsed.ticket))


def finish_filed(session: Session, draft: Draft, means: Means, now: datetime) -> Reply:
    return means.wording.say("already_filed", number=draft.number)


def finish_cancelled(session: Session, draft: Draft, means: Means, now: datetime) -> Reply:
    return means.wording.say("cancelled")


FINISHES = {
    DraftState.CONFIRMED: finish_confirmed,
    DraftState.ENDORSED: finish_endorsed,
    DraftState.FILED: finish_filed,
    DraftState.CANCELLED: finish_cancelled,
}


def address_of(draft: Draft) -> Address | None:
    """The address as said and taken apart; a house number stands for the building."""
    point = draft.location
    if not draft.where and point is None:
        return Address(said=draft.nearby) if draft.nearby else None
    found = next(iter(find_addresses(draft.where)), None)

    def part(level: str) -> str:
        return (found.part(level) if found else None) or ""

    return Address(
        said=draft.where or (point.label if point else "") or "",
        district=part("district"),
        street=part("street"),
        community=part("community"),
        road=part("road"),
        building=part("building") or part("number"),
        latitude=point.latitude if point else None,
        longitude=point.longitude if point else None,
        datum=Datum(point.datum) if point else None,
    )


def card(ticket: Ticket, *, full: bool = True) -> TicketCard:
    """The ticket for its resident; for others without what tells who and where."""
    return TicketCard(
        number=ticket.number,
        status=STATUS_NAMES[ticket.status],
        title=ticket.title if full else title_of("·".join(ticket.category)) or "工单",
        category=" · ".join(ticket.category) or None,
        address=ticket.address.said if full and ticket.address and ticket.address.said else None,
        resolve_by=ticket.resolve_by.astimezone(SHANGHAI).isoformat(timespec="minutes"),
    )


def in_words(moment: datetime) -> str:
    """A deadline for residents: “11月30日24:00”, since a working day ends at midnight."""
    local = moment.astimezone(SHANGHAI)
    if (local.hour, local.minute) == (0, 0):
        day = local - timedelta(days=1)
        return f"{day.month}月{day.day}日24:00"
    return f"{local.month}月{local.day}日{local:%H:%M}"
