"""Answering while the dialogue engine is away: from knowledge, and by keeping what is reported.

A report at hand goes on by its rules, which need no model. Anything else that no sure answer
settles becomes a ticket at once, marked for an operator to complete.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from actions.draft import AT_HAND, Draft, DraftState, latest
from actions.escalation import ASKS_FOR_PERSON
from actions.filing import card, finish_report
from actions.follow_up import show_ticket
from actions.policy import answer_if_sure
from actions.reading import read
from actions.reply import Reply, Signal
from actions.report import take_report
from actions.taking import A_STORY, QUESTION, RESUMES
from actions.talk import ask_human
from actions.tickets.follow_up import add_note
from actions.tickets.number import find
from actions.tickets.register import complete, file, filed_as, of_conversation
from actions.tickets.ticket import Address, Amendment, Kind, NewTicket, Ticket, TicketError
from actions.turn import Guess, Means, Turn
from channels.handling import Heard
from nlu.text import HAN

ASKS_AFTER_TICKETS = ("我的工单", "我的单子", "工单进度", "查工单")
SAME_MATTER = timedelta(minutes=30)


def answer_without_engine(heard: Heard, means: Means) -> Sequence[Reply]:
    """Replies made from the words alone. Run again for the same message it files nothing twice."""
    turn = Turn(
        conversation=heard.conversation,
        channel=heard.channel,
        message=heard.id,
        said=heard.said,
        intent=Guess("", 0.0),
        at=means.clock(),
    )
    finished, same = finish_agreed(turn, means)
    return finished if same else (*finished, *answer(turn, means))


def finish_agreed(turn: Turn, means: Means) -> tuple[Sequence[Reply], bool]:
    """Files what was confirmed when Rasa was lost; and whether that answers the message."""
    with means.reading() as session:
        found = latest(session, turn.conversation, means.vault, *DraftState)
    if found is None or not found[0].agreed:
        return (), False
    same = found[0].message == turn.message or read(turn).confirms
    return finish_report(turn, means).replies, same


def answer(turn: Turn, means: Means) -> Sequence[Reply]:
    text = turn.text
    if find(text) or any(words in text for words in ASKS_AFTER_TICKETS):
        return show_ticket(turn, means).replies
    draft = report_at_hand(turn, means)
    if ASKS_FOR_PERSON.fullmatch(text):
        begun = draft is not None and bool(draft.what)
        return ask_human(replace(turn, in_report=begun), means).replies
    # Without a model, words that ask nothing and name a place, show or tell something are a report.
    told = QUESTION.search(text) is None and (draft or tells(turn))
    sure = None if told else answer_if_sure(turn, means)
    if sure is not None:
        return sure.replies
    says_little = len(HAN.findall(text)) < 4
    if draft and (draft.what or not says_little):
        return go_on_with_report(replace(turn, in_report=True), means)
    if says_little:
        return (replace(means.wording.say("degraded_later"), signal=Signal.MISSED),)
    with means.sessions.begin() as session:
        return (keep(session, turn, means),)


def tells(turn: Turn) -> bool:
    reading = read(turn)
    return bool(reading.address or turn.said.images or reading.tells >= 2 * A_STORY)


def report_at_hand(turn: Turn, means: Means) -> Draft | None:
    """The report this message may go on with."""
    with means.reading() as session:
        found = latest(session, turn.conversation, means.vault, DraftState.OPEN)
    if found is None:
        return None
    fresh = means.clock() - found[1] <= AT_HAND
    return found[0] if fresh or RESUMES.match(turn.text) else None


def go_on_with_report(turn: Turn, means: Means) -> Sequence[Reply]:
    outcome = take_report(turn, means)
    if "requested_slot" in outcome.slots:
        return (*outcome.replies, *finish_report(turn, means).replies)
    return outcome.replies


def keep(session: Session, turn: Turn, means: Means) -> Reply:
    """The message as a ticket to be completed; what follows soon after is added to the same."""
    now = means.clock()
    reading = read(turn)
    key = f"degraded:{turn.message}"
    last = next(iter(of_conversation(session, turn.conversation, limit=1)), None)
    begun = last if last and last.incomplete and now - last.filed_at < SAME_MATTER else None
    if begun is not None and filed_as(session, key) is None:
        ticket = add_to(session, turn, means, begun)
    else:
        ticket = file(
            session,
            NewTicket(
                kind=Kind.INQUIRY if QUESTION.search(turn.text) else Kind.REQUEST,
                description=turn.words,
                happened=reading.when,
                happened_at=reading.happened,
                plates=reading.plates,
                address=Address(said=reading.address.text) if reading.address else None,
                contact_name=reading.name,
                contact_phone=reading.phone or "",
                anonymous=reading.anonymous,
                confidential=reading.confidential,
                attachments=turn.said.images,
                channel=turn.channel,
                conversation=turn.conversation,
                incomplete=True,
            ),
            key=key,
            now=now,
            vault=means.vault,
            rules=means.rules,
            calendar=means.calendar,
        )
    reply = means.wording.say("degraded_kept", number=ticket.number)
    return replace(reply, ticket=card(ticket))


def add_to(session: Session, turn: Turn, means: Means, begun: Ticket) -> Ticket:
    reading = read(turn)
    now = means.clock()
    try:
        amendment = Amendment(
            more=turn.words,
            address=Address(said=reading.address.text) if reading.address else None,
            contact_phone=reading.phone,
            contact_name=reading.name or None,
            anonymous=reading.anonymous or None,
            confidential=reading.confidential or None,
            attachments=turn.said.images,
        )
        return complete(
            session,
            begun.number,
            amendment,
            now=now,
            vault=means.vault,
            rules=means.rules,
            calendar=means.calendar,
            key=f"degraded:{turn.message}",
        )
    except TicketError:
        key = f"note:{turn.message}"
        return add_note(session, begun.number, turn.words, now=now, key=key)
