"""The residents' side of the desk: who comes to a person, and what stops at the gateway."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.offer import Offer, OfferKind, last_offer, make_offer
from actions.reply import Reply, Signal
from channels.handling import Heard, Responder
from channels.hotline.desk import Desk, close, offer_ticket, say_position, say_shut, say_waiting
from channels.hotline.failures import SPANS, begin_anew, count_failure
from channels.hotline.handover import (
    RESIDENT,
    Ending,
    Reason,
    State,
    Step,
    begin,
    end,
    is_open_for,
    mark_urgent,
    note,
    open_for,
    sealed,
    was_done,
)
from channels.hotline.summary import last_said, report_at_hand, summarise
from channels.hotline.tables import HandoverRow
from channels.hotline.wishes import Wish, wish_in
from channels.metrics import HANDOVERS
from channels.tables import InboundRow, Late
from nlu.emergency import find_emergency
from nlu.text import legible

READ_FOR_DANGER = 2000
"""Characters; as many as the responder reads."""


class Hotline:
    """Stands around the responder: ``stop`` before it, and itself in its place.

    Args:
        respond: answers as long as no person does.
    """

    def __init__(self, desk: Desk, respond: Responder) -> None:
        self.desk = desk
        self.respond = respond

    async def stop(self, heard: Heard) -> Sequence[Reply] | None:
        """What is said to a message of a conversation that waits for a person or has one.

        Mostly nothing: it is kept, and read at the desk. None: Linli answers.
        """
        if not await asyncio.to_thread(self.is_held, heard.conversation):
            return None
        return await asyncio.to_thread(self.pass_on, heard)

    async def __call__(self, heard: Heard) -> Sequence[Reply]:
        """The answer, or word of the person who comes instead; faults in a row count, too."""
        try:
            replies = await self.respond(heard)
        except Exception:
            failed = self.desk.means.wording.say("failed")
            missed = replace(failed, signal=Signal.MISSED)
            settled = await asyncio.to_thread(self.settle, heard, (missed,))
            if failed in settled:
                raise
            return settled
        if any(reply.urgent for reply in replies):
            # “登记这件事” would go to the person who has the conversation.
            held = await asyncio.to_thread(self.is_held, heard.conversation)
            return [replace(r, buttons=()) for r in replies] if held else replies
        if not any(reply.signal for reply in replies):
            return replies
        return await asyncio.to_thread(self.settle, heard, replies)

    def is_held(self, conversation: str) -> bool:
        with self.desk.means.reading() as session:
            return is_open_for(session, conversation)

    def pass_on(self, heard: Heard) -> Sequence[Reply] | None:
        now = self.desk.means.clock()
        with self.desk.means.sessions.begin() as session:
            row = open_for(session, heard.conversation)
            if row is None:
                return None
            if is_emergency(heard):
                mark_urgent(session, row, now)
                return None
            if row.inbound == heard.id:  # again, after the process died that handed it over
                return (say_waiting(session, row, self.desk),)
            if row.state == State.TAKEN:
                return ()
            return self.while_waiting(session, row, heard, now)

    def while_waiting(
        self, session: Session, row: HandoverRow, heard: Heard, now: datetime
    ) -> Sequence[Reply] | None:
        wish = wish_in(heard.said.text)
        if wish is Wish.POSITION:
            return (say_position(session, row, self.desk, now),)
        if wish is Wish.LEAVE:
            return (close(session, row, Ending.CANCELLED, RESIDENT, self.desk, now),)
        if wish is Wish.TICKET:
            vault = self.desk.means.vault
            if report_at_hand(session, row.conversation, vault, row.since) is not None:
                return (close(session, row, Ending.CANCELLED, RESIDENT, self.desk, now),)
            end(session, row, Ending.TICKET, RESIDENT, now)
            offer_ticket(session, row, self.desk, now)
            return None
        vault = self.desk.means.vault
        row.sealed = sealed(summarise(session, row.conversation, vault, now), vault)
        if was_done(session, row, Step.NOTED):
            return ()
        note(session, row, Step.NOTED, RESIDENT, now)
        return (self.desk.means.wording.say("desk_noted"),)

    def settle(self, heard: Heard, replies: Sequence[Reply]) -> Sequence[Reply]:
        """What becomes of replies that signal the need of a person."""
        with self.desk.means.sessions.begin() as session:
            reason = self.reason(session, heard, replies)
            if reason is None or open_for(session, heard.conversation) is not None:
                return [plain(reply) for reply in replies]
            begin_anew(session, heard.conversation)
            now = self.desk.means.clock()
            if not self.desk.hours.is_open(now):
                return self.shut(session, heard, reason, replies, now)
            row = begin(
                session,
                heard.conversation,
                channel=heard.channel,
                inbound=heard.id,
                reason=reason,
                summary=summarise(session, heard.conversation, self.desk.means.vault, now),
                vault=self.desk.means.vault,
                now=now,
            )
            if reason is not Reason.ASKED:
                self.offer_what_was_said(session, heard, now)
            HANDOVERS.labels(reason.value).inc()
            return (*before_signal(replies), say_waiting(session, row, self.desk))

    def reason(self, session: Session, heard: Heard, replies: Sequence[Reply]) -> Reason | None:
        """Why a person is needed; None where none is, or no word of theirs would arrive."""
        signals = {reply.signal for reply in replies}
        late = session.scalar(select(InboundRow.late).where(InboundRow.id == heard.id))
        if not self.desk.hours.shifts or late == Late.OWE:
            return None
        if Signal.PERSON in signals:
            return Reason.ASKED
        if Signal.RULE in signals:
            return Reason.RULE
        worst = next(signal for signal in SPANS if signal in signals)
        count = count_failure(session, heard.conversation, heard.id, worst)
        return Reason.FAILURES if 0 < self.desk.failures <= count else None

    def shut(
        self,
        session: Session,
        heard: Heard,
        reason: Reason,
        replies: Sequence[Reply],
        now: datetime,
    ) -> Sequence[Reply]:
        """Nobody is there: when there will be, and a ticket until then.

        A report being taken goes on; it is a ticket already.
        """
        vault = self.desk.means.vault
        in_report = report_at_hand(session, heard.conversation, vault, now) is not None
        if in_report and reason is Reason.RULE:
            return [plain(reply) for reply in replies]
        said = say_shut(reason, self.desk, now)
        if in_report:
            return (*before_signal(replies), said, *after_signal(replies))
        if reason is not Reason.ASKED:
            self.offer_what_was_said(session, heard, now)
        offered = self.desk.means.wording.say("desk_offer_ticket")
        closed = replace(offered, text=f"{said.text}\n{offered.text}")
        answers = [plain(reply) for reply in replies if reply.citations]
        return (*(answers if reason is Reason.RULE else before_signal(replies)), closed)

    def offer_what_was_said(self, session: Session, heard: Heard, now: datetime) -> None:
        """“登记工单” takes it along; a question that is offered already stays."""
        vault = self.desk.means.vault
        offer = last_offer(session, heard.conversation, vault, now)
        if offer and offer.kind is OfferKind.REPORT and offer.about.get("question"):
            return
        question = last_said(session, heard.conversation, vault, now)
        about = Offer(OfferKind.REPORT, {"question": question})
        make_offer(session, heard.conversation, about, vault, now)


def is_emergency(heard: Heard) -> bool:
    return find_emergency(legible(heard.said.text[:READ_FOR_DANGER]).text) is not None


def plain(reply: Reply) -> Reply:
    return replace(reply, signal=None)


def before_signal(replies: Sequence[Reply]) -> list[Reply]:
    """What was answered to other wants of the same message."""
    first = next(n for n, reply in enumerate(replies) if reply.signal)
    return list(replies[:first])


def after_signal(replies: Sequence[Reply]) -> list[Reply]:
    return [reply for reply in replies[len(before_signal(replies)) :] if not reply.signal]
