"""The one way in and out: record, drop repeats, keep order within a conversation, answer.

A message is written down before anything else happens. A repeated one waits for, or gets, the
answer of the first. Messages of one conversation are answered one after another.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

from sqlalchemy.orm import Session, sessionmaker

from actions.reply import Reply
from actions.turn import Said
from actions.vault import Vault
from actions.wording import Wording
from channels.metrics import ANSWERED, RECEIVED, REPEATED, SECONDS
from channels.transcript import Arrival, Recorded, record_arrival, record_replies
from nlu.clock import Clock
from nlu.emergency import find_emergency
from nlu.identity import mask_identities
from nlu.text import has_words, normalise

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """A message on its way to the responder; ``id`` is the number of its record."""

    id: int
    channel: str
    conversation: str
    said: Said


Responder = Callable[[Heard], Awaitable[Sequence[Reply]]]
"""Answers a message. It may raise; the resident is then told that the message is kept."""


class Gateway:
    """Takes messages from channels and gives back what to say.

    Args:
        message_limit: characters of one message that are read.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        respond: Responder,
        *,
        vault: Vault,
        wording: Wording,
        clock: Clock,
        message_limit: int,
    ) -> None:
        self.sessions = sessions
        self.respond = respond
        self.vault = vault
        self.wording = wording
        self.clock = clock
        self.message_limit = message_limit
        self.running: dict[int, asyncio.Task[tuple[Reply, ...]]] = {}
        self.orders: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def receive(self, arrival: Arrival) -> tuple[Reply, ...]:
        """The replies to a message, the same for every delivery of it."""
        started = time.perf_counter()
        RECEIVED.labels(arrival.channel).inc()
        cleaned, masked = clean(arrival)
        recorded = await asyncio.to_thread(self.record, cleaned)
        if not recorded.is_new:
            REPEATED.labels(arrival.channel).inc()
        if recorded.replies is not None:
            return recorded.replies
        task = self.running.get(recorded.id)
        if task is None:
            task = asyncio.create_task(self.answer(cleaned, recorded, masked=masked))
            self.running[recorded.id] = task
            task.add_done_callback(lambda _: self.running.pop(recorded.id, None))
        replies = await asyncio.shield(task)
        SECONDS.labels(arrival.channel).observe(time.perf_counter() - started)
        return replies

    def record(self, arrival: Arrival) -> Recorded:
        with self.sessions.begin() as session:
            return record_arrival(session, arrival, self.vault, self.clock())

    async def answer(
        self, arrival: Arrival, recorded: Recorded, *, masked: bool
    ) -> tuple[Reply, ...]:
        """Answer in the conversation's order, and write the answer down before it is given."""
        order = self.orders.setdefault(arrival.conversation, asyncio.Lock())
        async with order:
            if not recorded.is_new:
                # The first delivery may have been answered since it was looked for.
                recorded = await asyncio.to_thread(self.record, arrival)
                if recorded.replies is not None:
                    return recorded.replies
            heard = Heard(recorded.id, arrival.channel, arrival.conversation, recorded.said)
            replies = tuple(await self.say(heard))
            if masked:
                replies = (*replies, self.wording.say("identity_masked"))
            return await asyncio.to_thread(self.keep, heard.id, replies)

    async def say(self, heard: Heard) -> Sequence[Reply]:
        refusal = self.refusal(heard.said)
        if refusal is not None:
            ANSWERED.labels(heard.channel, "refused").inc()
            return (refusal,)
        try:
            replies = await self.respond(heard)
        except Exception as error:
            # The resident must hear something whatever broke; the text stays out of the log.
            logger.error("message %d could not be answered: %s", heard.id, type(error).__name__)
            ANSWERED.labels(heard.channel, "failed").inc()
            return (self.wording.say("failed"),)
        ANSWERED.labels(heard.channel, "answered").inc()
        return replies

    def refusal(self, said: Said) -> Reply | None:
        """A word to what cannot be read: nothing at all, or too much, unless it cries for help."""
        readable = said.text[: self.message_limit]
        if len(said.text) > len(readable) and find_emergency(readable) is None:
            limit, length = self.message_limit, len(said.text)
            return self.wording.say("too_long", limit=limit, length=length)
        if has_words(said.text) or said.location or said.images:
            return None
        return self.wording.say("empty")

    def keep(self, inbound: int, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
        with self.sessions.begin() as session:
            return record_replies(session, inbound, replies, self.vault, self.clock())


def clean(arrival: Arrival) -> tuple[Arrival, bool]:
    """The message with its texts normalised and identity numbers masked, and whether any were."""
    said, place = arrival.said, arrival.said.location
    text, masked = mask_identities(normalise(said.text))
    if place is not None and place.label:
        label, masked_too = mask_identities(normalise(place.label))
        place, masked = replace(place, label=label), masked or masked_too
    return replace(arrival, said=replace(said, text=text, location=place)), masked
