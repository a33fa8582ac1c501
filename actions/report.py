"""The report conversation (上报): from the first words to the filed ticket.

Rasa's form ``report_form`` keeps the place in the conversation; the facts lie in a sealed draft
of our own, so that no phone enters Rasa and nothing is lost with it.
"""

import logging
import re
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from actions.draft import (
    AT_HAND,
    BEGINNINGS,
    KINDS,
    PLACELESS,
    Draft,
    DraftState,
    Step,
    latest,
    new_draft,
    save,
)
from actions.offer import Offer, OfferKind, last_offer, make_offer, withdraw_offer
from actions.reading import read
from actions.reply import Reply, TicketCard
from actions.summary import ask, lead_in, offer_similar, summarise, title
from actions.taking import A_STORY, Line, Taken, give_way, located, take
from actions.tickets.duplicates import endorse, find_similar
from actions.tickets.register import by_number, file
from actions.tickets.ticket import (
    STATUS_NAMES,
    Address,
    Datum,
    Kind,
    NewTicket,
    Ticket,
    TicketError,
)
from actions.turn import Location, Means, Outcome, Turn
from nlu.address import find_addresses
from nlu.clock import SHANGHAI
from nlu.text import title_of

logger = logging.getLogger(__name__)

SLOTS = (Step.WHAT, Step.WHERE, Step.CONTACT, Step.CONFIRMATION)
SLOT_NAMES = tuple(step.value for step in SLOTS)
UNSET = dict.fromkeys(SLOT_NAMES)
REGISTERS = re.compile(r"登记|工单|记下")


def take_report(turn: Turn, means: Means) -> Outcome:
    """One turn of the report: what the message changes, and what is asked next."""
    now = means.clock()
    with means.sessions.begin() as session:
        found = latest(session, turn.conversation, means.vault, DraftState.OPEN)
        if found is None and turn.in_report and turn.intent.name not in BEGINNINGS:
            ended = over(turn)
            if ended is not None:
                return ended
        if found and (turn.in_report or goes_on(turn, found[0], now - found[1])):
            draft = found[0]
        else:
            draft = begin(session, turn, means, now)
        if turn.interrupted or draft.message == turn.message:
            save(session, draft, means.vault, now)
            return going_on(draft, ask_again(session, draft, means))
        draft = in_kind(draft, turn)
        # A picture or place without words answers nothing.
        taken = with_attachments(take(draft, read(turn)) if turn.said.text else Taken(draft), turn)
        if taken.declined:
            return Outcome(declined=True)
        taken = look_for_similar(session, draft, in_category(taken, draft, turn), means, now)
        draft = replace(taken.draft, message=turn.message)
        save(session, draft, means.vault, now)
        if draft.state is not DraftState.OPEN:
            return Outcome(slots={**settled_slots(draft), "requested_slot": None})
        return going_on(draft, answer(session, taken, draft, means))


def over(turn: Turn) -> Outcome | None:
    """The report was finished while Rasa was away; the form has only to be told.

    What would come between is still left to its own flow first. None: the message tells a story
    of its own.
    """
    reading = read(turn)
    blank = new_draft(turn.conversation, turn.channel, Kind.REQUEST)
    if not turn.interrupted and give_way(blank, reading) is not None:
        return Outcome(declined=True)
    if not turn.interrupted and reading.tells >= 2 * A_STORY:
        return None
    return Outcome(slots={**UNSET, "requested_slot": None})


def goes_on(turn: Turn, draft: Draft, pause: timedelta) -> bool:
    """Whether the form, just started, is to go on with a draft that was left lying."""
    if draft.message == turn.message or turn.intent.name not in BEGINNINGS:
        return True
    return not draft.what and pause <= AT_HAND


def in_kind(draft: Draft, turn: Turn) -> Draft:
    """The kind by the words that say what it is, where those before them said nothing of it."""
    intent = turn.intent.name
    if draft.what or intent not in BEGINNINGS or draft.intent not in {"", "report_problem"}:
        return draft
    return replace(draft, kind=KINDS[intent], intent=intent)


def in_category(taken: Taken, before: Draft, turn: Turn) -> Taken:
    """The category of the words it began with; an address or a phone says nothing of it."""
    if taken.draft.subject == before.subject or not turn.categories:
        return taken
    return replace(taken, draft=replace(taken.draft, categories=turn.categories))


def begin(session: Session, turn: Turn, means: Means, now: datetime) -> Draft:
    """A new draft; “登记工单” after an unanswered question takes the question with it."""
    draft = new_draft(
        turn.conversation,
        turn.channel,
        KINDS.get(turn.intent.name, Kind.REQUEST),
        intent=turn.intent.name,
    )
    offer = last_offer(session, turn.conversation, means.vault, now)
    registers = REGISTERS.search(turn.said.text) and read(turn).is_opener
    if offer and offer.kind is OfferKind.REPORT and registers:
        withdraw_offer(session, turn.conversation)
        return asked_before(draft, str(offer.about["question"]), turn)
    return draft


def asked_before(draft: Draft, question: str, turn: Turn) -> Draft:
    """The question as a report; where there was none, what it is about is asked."""
    if not question:
        return replace(draft, message=turn.message).asking()
    return replace(
        draft, kind=Kind.INQUIRY, what=question, intent="ask_policy", message=turn.message
    ).asking()


def with_attachments(taken: Taken, turn: Turn) -> Taken:
    """Pictures and a location message go with the report, whatever was asked."""
    if not (turn.said.location or turn.said.images):
        return taken
    draft, lines = taken.draft, without_question(taken).lines
    if turn.said.location:
        draft = at(draft, turn.said.location)
    if turn.said.images:
        draft = replace(draft, images=(*draft.images, *turn.said.images))
        lines = (*lines, Line("picture_attached"))
    return Taken(draft.asking(), lines)


def at(draft: Draft, point: Location) -> Draft:
    """A point takes the place of an earlier one, and its label that of the earlier label."""
    before = located((draft.location.label if draft.location else "") or "", draft.nearby)
    said = "" if draft.where == before else draft.where
    return replace(draft, location=point, where=said or located(point.label or "", draft.nearby))


def without_question(taken: Taken) -> Taken:
    return replace(taken, lines=taken.lines[: -1 if taken.asks else None], asks=False)


def look_for_similar(
    session: Session, before: Draft, taken: Taken, means: Means, now: datetime
) -> Taken:
    """Once what and where are known, or changed: is the same open already, nearby?

    Offered once a report.
    """
    draft = taken.draft
    settled = draft.settled()
    if (
        matter(before) == matter(draft)
        or draft.state is not DraftState.OPEN
        or draft.similar
        or draft.kind in PLACELESS
        or not (settled[Step.WHAT] and settled[Step.WHERE])
        or not draft.categories
    ):
        return taken
    similar = find_similar(session, (draft.categories[0].name,), address_of(draft), draft.what, now)
    others = [s.ticket for s in similar if s.ticket.conversation != draft.conversation]
    if not others:
        return taken
    draft = replace(draft, similar=others[0].number).asking()
    return replace(without_question(taken), draft=draft)


def matter(draft: Draft) -> tuple[object, ...]:
    """What makes two reports the same."""
    return draft.what, draft.where, draft.location, draft.categories[:1]


def answer(session: Session, taken: Taken, draft: Draft, means: Means) -> Reply:
    """Lines and the next question as one message; a correction at the end shows all again."""
    if taken.asks:
        *before, question = taken.lines
        said = means.wording.say(question.key, **dict(question.fields))
        return lead_in(tuple(before), means.wording, said)
    return lead_in(taken.lines, means.wording, ask_again(session, draft, means))


def ask_again(session: Session, draft: Draft, means: Means) -> Reply:
    if draft.asked is Step.SIMILAR:
        ticket = by_number(session, draft.similar)
        if ticket is not None:
            status = STATUS_NAMES[ticket.status]
            return offer_similar(ticket.number, status, ticket.title, means.wording)
        return summarise(draft, means.wording)
    return ask(draft, means.wording)


def going_on(draft: Draft, reply: Reply) -> Outcome:
    return Outcome(replies=(reply,), slots=settled_slots(draft))


def settled_slots(draft: Draft) -> dict[str, bool | None]:
    """Rasa's slots: True where settled, None where the form still has to ask.

    The confirmation stays open while a similar ticket is on offer.
    """
    settled = draft.settled()
    return {step.value: settled[step] or None for step in SLOTS}


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
        left = latest(session, turn.conversation, means.vault, DraftState.OPEN)
        if left is None or not left[0].what:
            withdraw_offer(session, turn.conversation)
            return Outcome((reply,), slots=UNSET)
        make_offer(session, turn.conversation, Offer(OfferKind.RESUME, {}), means.vault, now)
        offered = means.wording.say("resume_offer", title=title(left[0]))
        return Outcome((reply, offered), slots=UNSET)


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


def file_draft(
    session: Session, draft: Draft, means: Means, now: datetime, *, incomplete: bool = False
) -> Ticket:
    """The draft as a ticket; its key makes a repetition find the first one."""
    return file(
        session,
        NewTicket(
            kind=draft.kind,
            description=draft.what,
            title=title(draft),
            category=(draft.categories[0].name,) if draft.categories else (),
            confidence=draft.categories[0].confidence if draft.categories else None,
            happened=draft.when,
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
