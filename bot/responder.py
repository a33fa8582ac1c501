"""What becomes of a message: emergencies first, then the dialogue engine, then what is left."""

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from actions.danger import remember_danger
from actions.draft import (
    AT_HAND,
    BEGINNINGS,
    Draft,
    DraftState,
    Waiting,
    latest,
    new_draft,
    save,
)
from actions.offer import Offer, OfferKind, make_offer
from actions.reply import Button, PhoneNumber, Reply
from actions.report import take_report
from actions.rewording import note_rewording
from actions.summary import title
from actions.tickets.ticket import Kind
from actions.turn import Guess, Means, Turn
from actions.waiting import put_off
from bot.degraded import answer_without_engine
from bot.engine import Engine, EngineUnavailable
from bot.metrics import DEGRADED, EMERGENCIES
from bot.wants import pieces_of
from channels.handling import Heard
from knowledge.by_name import is_name
from nlu.emergency import Emergency, EmergencyKind, find_emergency
from nlu.phone import mask_phones
from nlu.text import has_words, legible
from nlu.wants import Want

logger = logging.getLogger(__name__)

LEADING_SLASHES = re.compile(r"^[/\s]+")
READ_FOR_DANGER = 2000
"""Characters in which an emergency is looked for, however long a message is allowed to be."""

READ_BY_ENGINE = 1000
"""Characters Rasa is given; the rest of a long message is kept in the record."""

ASKS_FOR_IT = "这一条是怎么规定的"
"""What Rasa is given where a message is the name of an article, whose numbers look like a choice
or an address to it."""


class Responder:
    """Answers a message, whatever state the engine is in."""

    def __init__(self, engine: Engine, means: Means, *, resume_after: timedelta) -> None:
        self.engine = engine
        self.means = means
        self.resume_after = resume_after

    async def __call__(self, heard: Heard) -> Sequence[Reply]:
        emergency = find_emergency(legible(heard.said.text[:READ_FOR_DANGER]).text)
        if emergency is not None:
            EMERGENCIES.labels(emergency.kind.value).inc()
            return (await asyncio.to_thread(self.warn, emergency, heard),)
        if not has_words(heard.said.text):
            return await asyncio.to_thread(self.take_attachment, heard)
        if heard.said.edited:
            turn = turn_without_engine(heard, self.means.clock(), in_report=False)
            noted = await asyncio.to_thread(note_rewording, turn, self.means)
            if noted is not None:
                return (noted,)
        begun = await asyncio.to_thread(self.begun, heard.conversation)
        replies = await self.converse(heard, in_report=begun is not None)
        if begun is None or self.means.clock() - begun[1] < self.resume_after:
            return replies
        return await asyncio.to_thread(self.offer_to_resume, heard, begun, replies)

    async def converse(self, heard: Heard, *, in_report: bool) -> Sequence[Reply]:
        """The replies to each want in the message, in order; mostly there is but one."""
        if is_name(heard.said.text):
            return await self.reply_to(heard, ASKS_FOR_IT)
        reading = legible(heard.said.text)
        text = mask_phones(reading.text)[:READ_BY_ENGINE]
        try:
            pieces = await pieces_of(self.engine, text, in_report=in_report)
        except EngineUnavailable:
            pieces = []
        if not pieces:
            return await self.reply_to(heard, text)
        replies: list[Reply] = []
        for piece in pieces:
            part = reading.written_span(piece.start, piece.end)
            said = replace(heard.said, text=heard.said.text[part[0] : part[1]])
            of_piece = replace(heard, said=said)
            waits = await asyncio.to_thread(self.put_off, of_piece, piece.want) if replies else ()
            words = text[piece.start : piece.end]
            replies += waits or await self.reply_to(of_piece, words, part)
        return asked_once(replies)

    async def reply_to(
        self, heard: Heard, text: str, part: tuple[int, int] | None = None
    ) -> Sequence[Reply]:
        try:
            return await self.engine.respond(heard.conversation, plain(text), heard.id, part)
        except EngineUnavailable as error:
            logger.warning("message %d is answered without rasa: %s", heard.id, error)
            DEGRADED.inc()
            return await asyncio.to_thread(answer_without_engine, heard, self.means)

    def put_off(self, heard: Heard, want: Want) -> tuple[Reply, ...]:
        """A second report waits for the first; nothing where it is to be answered at once."""
        if want.intent not in BEGINNINGS:
            return ()
        said, category = heard.said.text, want.category
        waiting = Waiting(said, want.intent, category, want.category_confidence)
        reply = put_off(heard.conversation, waiting, self.means)
        return () if reply is None else (reply,)

    def warn(self, emergency: Emergency, heard: Heard) -> Reply:
        """What to do now. Words about oneself become no report; any others may, afterwards."""
        wording, calls = self.means.wording, emergency.calls
        said = wording.text(f"emergency_{emergency.kind.value}")
        gentle = emergency.kind is EmergencyKind.SELF_HARM
        after = wording.text("emergency_after_self_harm" if gentle else "emergency_after")
        return Reply(
            text=f"{said}\n{after}",
            buttons=() if gentle else self.remember(heard),
            calls=tuple(PhoneNumber(call.name, call.number) for call in calls),
            urgent=True,
        )

    def remember(self, heard: Heard) -> tuple[Button, ...]:
        """A warning goes out whatever becomes of the record of it."""
        try:
            return remember_danger(heard.conversation, heard.said.text, self.means)
        except SQLAlchemyError as error:
            logger.error("an alarm could not be kept: %s", type(error).__name__)
            return ()

    def take_attachment(self, heard: Heard) -> Sequence[Reply]:
        """A picture or place without words goes to the report at hand, or waits for one."""
        means = self.means
        with means.sessions.begin() as session:
            found = latest(session, heard.conversation, means.vault, DraftState.OPEN)
            if found is None or means.clock() - found[1] > AT_HAND:
                draft = new_draft(
                    heard.conversation,
                    heard.channel,
                    Kind.REQUEST,
                    images=heard.said.images,
                    location=heard.said.location,
                    where=(heard.said.location.label or "") if heard.said.location else "",
                    message=heard.id,
                )
                save(session, draft, means.vault, means.clock())
                key = "location_only" if heard.said.location else "picture_only"
                return (means.wording.say(key),)
        return take_report(turn_without_engine(heard, means.clock(), in_report=True), means).replies

    def begun(self, conversation: str) -> tuple[Draft, datetime] | None:
        """A report begun and not finished, and when it was written last."""
        with self.means.reading() as session:
            found = latest(session, conversation, self.means.vault, DraftState.OPEN)
        return found if found and found[0].what else None

    def offer_to_resume(
        self, heard: Heard, left: tuple[Draft, datetime], replies: Sequence[Reply]
    ) -> Sequence[Reply]:
        """Offer it, unless this very message went on with it, had it asked again or ended it."""
        means = self.means
        with means.sessions.begin() as session:
            found = latest(session, heard.conversation, means.vault, DraftState.OPEN)
            if found != left:
                return replies
            now = means.clock()
            save(session, left[0], means.vault, now)
            about = Offer(OfferKind.RESUME, {})
            make_offer(session, heard.conversation, about, means.vault, now)
        offered = means.wording.say("resume_offer", title=title(left[0]))
        return (*(replace(reply, buttons=()) for reply in replies), offered)


def asked_once(replies: Sequence[Reply]) -> Sequence[Reply]:
    """A question that comes again at the end, after what came between, is asked only there."""
    *before, last = replies
    kept = [
        replace(reply, text=reply.text.removesuffix(last.text).rstrip(), buttons=())
        if reply.text.endswith(last.text)
        else reply
        for reply in before
    ]
    return (*(reply for reply in kept if reply.text), last)


def plain(text: str) -> str:
    """The text without the slash that, also behind blanks, would name an intent to Rasa."""
    return LEADING_SLASHES.sub("", text)


def turn_without_engine(heard: Heard, at: datetime, *, in_report: bool) -> Turn:
    """The turn of a message of which nothing but its words is known."""
    return Turn(
        conversation=heard.conversation,
        channel=heard.channel,
        message=heard.id,
        said=heard.said,
        intent=Guess("", 0.0),
        in_report=in_report,
        at=at,
    )
