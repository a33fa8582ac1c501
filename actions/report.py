"""The report conversation (上报): from the first words to the filed ticket.

Rasa's form ``report_form`` keeps the place in the conversation; the facts lie in a sealed draft
of our own, so that no phone enters Rasa and nothing is lost with it.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from actions import danger
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
from actions.filing import SLOTS, UNSET, address_of
from actions.offer import OfferKind, last_offer, withdraw_offer
from actions.reading import Reading, read
from actions.reply import Reply
from actions.summary import ask, lead_in, offer_similar, summarise
from actions.taking import A_STORY, Line, Taken, give_way, located, take
from actions.tickets.duplicates import find_similar
from actions.tickets.register import by_number
from actions.tickets.ticket import (
    STATUS_NAMES,
    Kind,
)
from actions.turn import Location, Means, Outcome, Turn

UNSORTED = frozenset({Kind.PRAISE, Kind.INQUIRY, Kind.SUGGESTION})
"""Kinds whose category nobody is asked for: a person sorts them at a glance."""
REGISTERS = re.compile(r"登记|工单|记下")


def take_report(turn: Turn, means: Means) -> Outcome:
    """One turn of the report: what the message changes, and what is asked next."""
    now, reading = means.clock(), read(turn)
    with means.sessions.begin() as session:
        found = latest(session, turn.conversation, means.vault, DraftState.OPEN)
        if found is None and turn.in_report and turn.intent.name not in BEGINNINGS:
            ended = over(turn, reading)
            if ended is not None:
                return ended
        if found and (turn.in_report or goes_on(turn, found[0], now - found[1])):
            draft = found[0]
        else:
            draft = begin(session, turn, reading, means, now)
        if turn.interrupted or draft.has_read(turn):
            save(session, draft, means.vault, now)
            return going_on(draft, ask_again(session, draft, means))
        draft = replace(in_kind(draft, turn), spoken=draft.spoken or turn.said.spoken)
        # A picture or place without words answers nothing.
        taken = with_attachments(take(draft, reading) if turn.said.text else Taken(draft), turn)
        if taken.declined:
            return Outcome(declined=True)
        taken = look_for_similar(session, draft, in_category(taken, draft, turn, means), means, now)
        draft = taken.draft.after(turn)
        save(session, draft, means.vault, now)
        if draft.state is not DraftState.OPEN:
            return Outcome(slots={**settled_slots(draft), "requested_slot": None})
        return going_on(draft, answer(session, taken, draft, means))


def over(turn: Turn, reading: Reading) -> Outcome | None:
    """The report was finished while Rasa was away; the form has only to be told.

    What would come between is still left to its own flow first. None: the message tells a story
    of its own.
    """
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


def in_category(taken: Taken, before: Draft, turn: Turn, means: Means) -> Taken:
    """The category of the words it began with; an address or a phone says nothing of it.

    Where none is likely enough the resident will be asked, unless it is but praise or a question.
    """
    if taken.draft.subject == before.subject or not turn.categories:
        return taken
    doubtful = turn.categories[0].confidence < means.ask_category_below
    draft = replace(
        taken.draft,
        categories=turn.categories,
        chosen=False,
        doubtful=doubtful and taken.draft.kind not in UNSORTED,
    )
    return replace(taken, draft=draft.asking())


def begin(session: Session, turn: Turn, reading: Reading, means: Means, now: datetime) -> Draft:
    """A new draft; “登记工单” after an unanswered question takes the question with it.

    A report soon after an alarm begins with the words of the alarm.
    """
    draft = new_draft(
        turn.conversation,
        turn.channel,
        KINDS.get(turn.intent.name, Kind.REQUEST),
        intent=turn.intent.name,
    )
    offer = last_offer(session, turn.conversation, means.vault, now)
    registers = REGISTERS.search(turn.text) and reading.is_opener
    if offer and offer.kind is OfferKind.REPORT and registers:
        withdraw_offer(session, turn.conversation)
        return asked_before(draft, str(offer.about["question"]), turn)
    bare = danger.registers(turn)
    if offer and offer.kind is OfferKind.DANGER and (bare or danger.is_related(offer, now)):
        withdraw_offer(session, turn.conversation)
        before = danger.danger_before(turn, offer)
        return before.after(turn) if bare else before
    return draft


def asked_before(draft: Draft, question: str, turn: Turn) -> Draft:
    """The question as a report; where there was none, what it is about is asked."""
    if not question:
        return draft.after(turn).asking()
    asked = replace(draft, kind=Kind.INQUIRY, what=question, intent="ask_policy")
    return asked.after(turn).asking()


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
        or draft.doubtful
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
    return draft.what, draft.where, draft.location, draft.categories[:1], draft.doubtful


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
