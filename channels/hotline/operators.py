"""The operators' side of the desk: see the queue, take one, read, answer, give it back."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from actions.draft import Draft, DraftState, new_draft, save
from actions.filing import card, file_draft, in_words
from actions.reading import read
from actions.reply import Reply
from actions.taking import take as take_in
from actions.tickets.register import by_number
from actions.tickets.ticket import Kind, Ticket
from actions.turn import Guess, Said, Turn
from channels.hotline.desk import Desk, close, said_meanwhile
from channels.hotline.handover import (
    Ending,
    Handover,
    HandoverError,
    State,
    Step,
    key_of,
    line_of,
    locked,
    note,
    take,
)
from channels.hotline.summary import last_said, masked, report_at_hand
from channels.hotline.tables import HandoverRow
from channels.outgoing import tell
from channels.tables import OutgoingRow, OutgoingState, TranscriptRow
from channels.transcript import Spoken, transcript
from nlu.text import has_words, normalise

SEEN_BEFORE = timedelta(hours=24)
"""What was said this long before the handover is shown with it; older things are not."""

LONGEST = 2000
"""Characters of a reply."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as an operator sees it: phones masked, pictures counted.

    ``by`` is the operator whose words they are; ``sent`` how far a line that had to be brought to
    its resident has come, None for one that had not.
    """

    id: int
    speaker: str
    by: str
    text: str = field(repr=False)
    images: int
    place: str = field(repr=False)
    at: datetime
    sent: OutgoingState | None
    reason: str


def take_over(session: Session, number: int, by: str, desk: Desk) -> HandoverRow:
    """Take a conversation; its resident is told.

    Raises:
        HandoverError: there is none, somebody else has it, or it is closed.
    """
    row, now = locked(session, number), desk.means.clock()
    if take(session, row, by, now):
        said = desk.means.wording.say("desk_taken", by=by)
        tell(session, row.conversation, said, desk.means.vault, now)
    return row


def answer(session: Session, number: int, by: str, text: str, desk: Desk, *, key: str = "") -> int:
    """Say something to the resident; the number of the line.

    Args:
        key: names the wish to say it; the same key says it once.

    Raises:
        HandoverError: the conversation is not theirs, or there is nothing to say, or too much.
    """
    row, now = own(session, number, by), desk.means.clock()
    known = line_of(session, row, key) if key else None
    if known is not None:
        return known
    line = tell(session, row.conversation, Reply(words(text)), desk.means.vault, now, operator=by)
    session.flush()
    note(session, row, Step.REPLIED, by, now, key=key or None, line=line.id)
    return line.id


def words(text: str) -> str:
    said = normalise(text).strip()
    if not said:
        raise HandoverError("没有要说的话")
    if len(said) > LONGEST:
        raise HandoverError(f"一次最多说{LONGEST}个字")
    return said


def give_back(session: Session, number: int, by: str, desk: Desk) -> None:
    """Linli goes on where it stopped.

    Raises:
        HandoverError: the conversation is not theirs.
    """
    finish(session, own(session, number, by), Ending.BACK, by, desk)


def settle(session: Session, number: int, by: str, desk: Desk) -> None:
    """The matter is settled; a report at hand with it.

    Raises:
        HandoverError: the conversation is not theirs.
    """
    finish(session, own(session, number, by), Ending.SETTLED, by, desk)


def finish(session: Session, row: HandoverRow, ending: Ending, by: str, desk: Desk) -> None:
    now = desk.means.clock()
    said = close(session, row, ending, by, desk, now)
    tell(session, row.conversation, said, desk.means.vault, now)


def file_ticket(session: Session, number: int, by: str, desk: Desk, text: str = "") -> Ticket:
    """A ticket of what the resident wants; its resident is told. A second one is the same.

    Args:
        text: in the operator's words; to a report at hand it is added.

    Raises:
        HandoverError: the conversation is not theirs, or there is nothing to write down.
    """
    row, now = own(session, number, by), desk.means.clock()
    before = key_of(session, row, Step.FILED)
    known = by_number(session, before) if before else None
    if known is not None:
        return known
    means, said = desk.means, normalise(text).strip()
    draft = report_at_hand(session, row.conversation, means.vault, row.since)
    if draft is None:
        draft = report_of(session, row, said, desk, now)
    elif said:
        draft = replace(draft, what=f"{draft.what}\n{said}")
    ticket = file_draft(session, draft, means, now, incomplete=True)
    save(session, replace(draft, state=DraftState.FILED, number=ticket.number), means.vault, now)
    reply = means.wording.say(
        "desk_filed",
        number=ticket.number,
        accept_by=in_words(ticket.accept_by),
        resolve_by=in_words(ticket.resolve_by),
    )
    line = tell(session, row.conversation, replace(reply, ticket=card(ticket)), means.vault, now)
    session.flush()
    note(session, row, Step.FILED, by, now, key=ticket.number, line=line.id)
    return ticket


def report_of(session: Session, row: HandoverRow, said: str, desk: Desk, now: datetime) -> Draft:
    """What the resident has said as a report: with the place, phone and time that are in it.

    Args:
        said: what it is about in the operator's words; empty: in the resident's.

    Raises:
        HandoverError: nothing has been said yet.
    """
    before = last_said(session, row.conversation, desk.means.vault, row.since)
    words = "\n".join(filter(None, (before, *said_meanwhile(session, row, desk))))
    blank = new_draft(row.conversation, row.channel, Kind.REQUEST, intent="report_problem")
    told = Turn(
        conversation=row.conversation,
        channel=row.channel,
        message=row.inbound,
        said=Said(words or said),
        intent=Guess("report_problem", 1.0),
        at=now,
    )
    draft = take_in(blank, read(told)).draft
    if not has_words(said or draft.what):
        raise HandoverError("居民还没说是什么事，请写一句要登记的内容")
    return replace(draft, what=said or draft.what)


def own(session: Session, number: int, by: str) -> HandoverRow:
    """A handover that ``by`` has taken.

    Raises:
        HandoverError: it is not theirs.
    """
    row = locked(session, number)
    if row.state == State.CLOSED:
        raise HandoverError(f"{number} 号会话已经结束")
    if row.state == State.WAITING:
        raise HandoverError(f"{number} 号会话还没有人接待，请先接待")
    if row.taken_by != by:
        raise HandoverError(f"{number} 号会话由{row.taken_by}接待")
    return row


def lines(
    session: Session, handover: Handover, desk: Desk, *, after: int = 0, limit: int = 100
) -> list[Line]:
    """What was said from a day before the handover until its end, from behind line ``after``."""
    within = select(
        func.coalesce(func.min(TranscriptRow.id), 0), func.coalesce(func.max(TranscriptRow.id), 0)
    ).where(
        TranscriptRow.conversation == handover.conversation,
        TranscriptRow.at >= handover.since - SEEN_BEFORE,
        *([TranscriptRow.at <= handover.closed] if handover.closed else []),
    )
    first, last = session.execute(within).one()
    start = max(after, first - 1)
    said = transcript(session, handover.conversation, desk.means.vault, after=start, limit=limit)
    sent = outgoing(session, [line.id for line in said])
    return [
        Line(
            id=line.id,
            speaker=line.speaker,
            by=str(line.content.get("by", "")),
            text=shown(line, desk),
            images=len(line.content.get("images", ())),
            place=str((line.content.get("location") or {}).get("label") or ""),
            at=line.at,
            sent=OutgoingState(sent[line.id].state) if line.id in sent else None,
            reason=sent[line.id].reason if line.id in sent else "",
        )
        for line in said
        if first <= line.id <= last
    ]


def shown(line: Spoken, desk: Desk) -> str:
    """The text without phones, but for the community's own."""
    text, known = str(line.content.get("text", "")), desk.means.wording.facts["phone"]
    return known.join(map(masked, text.split(known))) if known else masked(text)


def outgoing(session: Session, lines: Sequence[int]) -> dict[int, OutgoingRow]:
    found = session.scalars(select(OutgoingRow).where(OutgoingRow.line.in_(lines)))
    return {row.line: row for row in found}
