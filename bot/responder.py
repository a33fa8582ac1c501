"""What becomes of a message: emergencies first, then the dialogue engine, then what is left."""

import asyncio
import logging
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from actions.draft import AT_HAND, Draft, DraftState, latest, new_draft, save
from actions.offer import Offer, OfferKind, make_offer
from actions.reply import PhoneNumber, Reply
from actions.report import take_report
from actions.summary import title
from actions.tickets.ticket import Kind
from actions.turn import Guess, Means, Turn
from bot.degraded import answer_without_engine
from bot.engine import Engine, EngineUnavailable
from bot.metrics import DEGRADED, EMERGENCIES
from channels.gateway import Heard
from nlu.emergency import Emergency, find_emergency
from nlu.phone import mask_phones
from nlu.text import has_words

logger = logging.getLogger(__name__)

LEADING_SLASHES = re.compile(r"^[/\s]+")
READ_FOR_DANGER = 2000
"""Characters in which an emergency is looked for, however long a message is allowed to be."""

READ_BY_ENGINE = 1000
"""Characters Rasa is given; the rest of a long message is kept in the record."""


class Responder:
    """Answers a message, whatever state the engine is in."""

    def __init__(self, engine: Engine, means: Means, *, resume_after: timedelta) -> None:
        self.engine = engine
        self.means = means
        self.resume_after = resume_after

    async def __call__(self, heard: Heard) -> Sequence[Reply]:
        emergency = find_emergency(heard.said.text[:READ_FOR_DANGER])
        if emergency is not None:
            EMERGENCIES.labels(emergency.kind.value).inc()
            return (self.warn(emergency),)
        if not has_words(heard.said.text):
            return await asyncio.to_thread(self.take_attachment, heard)
        left = await asyncio.to_thread(self.left_lying, heard.conversation)
        replies = await self.converse(heard)
        if left is None:
            return replies
        return await asyncio.to_thread(self.offer_to_resume, heard, left, replies)

    async def converse(self, heard: Heard) -> Sequence[Reply]:
        text = mask_phones(heard.said.text)[:READ_BY_ENGINE]
        try:
            return await self.engine.respond(heard.conversation, plain(text), heard.id)
        except EngineUnavailable as error:
            logger.warning("message %d is answered without rasa: %s", heard.id, error)
            DEGRADED.inc()
            return await asyncio.to_thread(answer_without_engine, heard, self.means)

    def warn(self, emergency: Emergency) -> Reply:
        said = self.means.wording.text(f"emergency_{emergency.kind.value}")
        after = self.means.wording.text("emergency_after")
        calls = tuple(PhoneNumber(call.name, call.number) for call in emergency.calls)
        return Reply(text=f"{said}\n{after}", calls=calls, urgent=True)

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
        return take_report(turn_without_engine(heard, in_report=True), means).replies

    def left_lying(self, conversation: str) -> tuple[Draft, datetime] | None:
        """A report begun long ago and not finished, and when it was written last."""
        with self.means.reading() as session:
            found = latest(session, conversation, self.means.vault, DraftState.OPEN)
        if found is None or not found[0].what:
            return None
        return found if self.means.clock() - found[1] >= self.resume_after else None

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


def plain(text: str) -> str:
    """The text without the slash that, also behind blanks, would name an intent to Rasa."""
    return LEADING_SLASHES.sub("", text)


def turn_without_engine(heard: Heard, *, in_report: bool) -> Turn:
    """The turn of a message of which nothing but its words is known."""
    return Turn(
        conversation=heard.conversation,
        channel=heard.channel,
        message=heard.id,
        said=heard.said,
        intent=Guess("", 0.0),
        in_report=in_report,
    )
