"""The one way in and out: record, drop repeats, keep order within a conversation, answer.

A message is written down before anything else happens. A repeated one waits for, or gets, the
answer of the first, whichever process it comes to. Messages of one conversation are answered one
after another, also across processes; what a process that died had begun, another finishes.
"""

import asyncio
import logging
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from actions.reply import Reply
from actions.turn import Said
from actions.vault import Vault
from actions.wording import Wording
from channels.arrival import Arrival
from channels.cleaning import clean
from channels.clerk import Clerk
from channels.handling import (
    Answer,
    Fetch,
    Heard,
    Kept,
    Limit,
    Refused,
    Responder,
    Unless,
    no_limit,
)
from channels.hearing import note_images
from channels.inbox import (
    Recorded,
    abandoned,
    claim,
    hold_on,
    queue_unfetched,
    record_arrival,
    record_replies,
    settle_debts,
    stop_waiting,
    take_along,
    unhindered,
)
from channels.load import Load
from channels.marks import mark
from channels.metrics import ANSWERED, IN_TIME, LATE, RECEIVED, REPEATED, SECONDS, TAKEN_OVER
from channels.refusing import cries_for_help, refusal_of
from channels.rests import ASKS_FOR_MORE, read_rest
from channels.tables import Handed, Late
from channels.turns import Turns
from nlu.clock import Clock
from nlu.spans import note, spanned
from nlu.text import has_words

logger = logging.getLogger(__name__)

SIGN_OF_LIFE = 1.0
"""Seconds between signs of life for what is being answered, and looks for what nobody holds."""

TRIES = 4
"""A message that so many processes died over is answered with an apology instead."""

FOR_WRITING = 0.25
"""How much of the time for an answer may be kept for writing down that it is late."""


class Gateway:
    """Takes messages from channels and gives back what to say.

    Args:
        message_limit: characters of one message that are read.
        at_most: messages answered at once; beyond that new ones are turned away with a word.
        attended: whether a person has the conversation, or is waited for; nobody turns it away.
        call_courier: called when something was put into the outgoing queue.
        limit: what is beyond it gets its word instead of an answer, emergencies excepted.
        stop: what is said, if anything, to a message that a person has; None: Linli answers it.
        fetchers: by channel, how pictures are had from it.
        owner: name of the process; every start has one of its own.
        reading: sessions that write nothing, where these keep nobody waiting.
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
        at_most: int = 200,
        call_courier: Callable[[], None] = lambda: None,
        limit: Limit = no_limit,
        stop: Callable[[Heard], Awaitable[Sequence[Reply] | None]] | None = None,
        attended: Callable[[Session, str], bool] = lambda session, conversation: False,
        fetchers: Mapping[str, Fetch] = MappingProxyType({}),
        owner: str = "",
        reading: sessionmaker[Session] | None = None,
    ) -> None:
        self.sessions = sessions
        self.clerk = Clerk(sessions, reading or sessions)
        self.change, self.read = self.clerk.change, self.clerk.read
        self.respond = respond
        self.vault = vault
        self.wording = wording
        self.clock = clock
        self.message_limit = message_limit
        self.load = Load(at_most)
        self.call_courier = call_courier
        self.limit = limit
        self.stop = stop
        self.attended = attended
        self.fetchers = fetchers
        self.owner = owner or secrets.token_hex(8)
        self.running: dict[int, asyncio.Task[Kept]] = {}
        self.awaited: Counter[int] = Counter()
        self.turns = Turns(self.whose_turn)

    @spanned("gateway.receive")
    async def receive(
        self, arrival: Arrival, *, within: float | None = None, unless: Unless | None = None
    ) -> Answer:
        """The answer to a message, the same for every delivery of it.

        Args:
            within: seconds in which the channel must be told something; None: as long as it takes.

        Raises:
            Refused: see ``unless``.
        """
        started = time.perf_counter()
        recorded, masked = await self.take_in(arrival, unless)
        if recorded.replies is not None:
            return await self.give(Kept(recorded.replies, recorded.handed), recorded.id)
        word = await self.limit(arrival) if recorded.is_new else None
        task = self.running.get(recorded.id) or self.begin(recorded, masked, word, started)
        self.awaited[recorded.id] += 1
        try:
            left = None if within is None else self.left_of(within, started)
            async with asyncio.timeout(left):
                kept = await asyncio.shield(task)
        except TimeoutError:
            return await self.be_late(arrival, recorded)
        finally:
            self.awaited[recorded.id] -= 1
            self.awaited += Counter()  # forgets what nobody waits for
        return await self.give(kept, recorded.id, debtor=arrival)

    def left_of(self, within: float, started: float) -> float:
        """Seconds to wait for an answer, so that its lateness can still be written down in time.

        One change that took very long leaves the next message most of its time all the same.
        """
        writing = min(self.clerk.delay, within * FOR_WRITING)
        return within - (time.perf_counter() - started) - writing

    @spanned("gateway.accept")
    async def accept(self, arrival: Arrival) -> bool:
        """Write a message down; the answer goes out by writing first (``Late.SEND``).

        Returns:
            Whether it is new. It is kept from then on, whatever becomes of this process.
        """
        started = time.perf_counter()
        recorded, masked = await self.take_in(arrival)
        if recorded.handed is Handed.QUEUED and recorded.replies is not None:
            self.call_courier()
        elif recorded.is_new:
            self.begin(recorded, masked, await self.limit(arrival), started)
        return recorded.is_new

    async def wait_for_room(self) -> None:
        """Until less than half of what is answered at once is under way.

        What still lies with a channel can wait there.
        """
        while len(self.running) > self.load.at_most // 2:
            await asyncio.wait(self.running.values(), return_when=asyncio.FIRST_COMPLETED)

    @spanned("inbox.record")
    async def take_in(
        self, arrival: Arrival, unless: Unless | None = None
    ) -> tuple[Recorded, bool]:
        """The record of a message, and whether identity numbers in it were masked."""
        RECEIVED.labels(arrival.channel).inc()
        cleaned, masked = clean(arrival)
        too_much = self.is_too_much(cleaned.said)
        recorded = await self.change(self.record, cleaned, unless, too_much)
        mark(self.vault.pseudonym, recorded.conversation, recorded.id)
        if not recorded.is_new:
            REPEATED.labels(arrival.channel).inc()
        elif recorded.replies is not None:
            ANSWERED.labels(arrival.channel, "shed").inc()
        return recorded, masked

    def begin(
        self, recorded: Recorded, masked: bool, word: Reply | None, started: float
    ) -> asyncio.Task[Kept]:
        task = asyncio.create_task(self.answer(recorded, masked=masked, word=word))
        self.running[recorded.id] = task
        task.add_done_callback(lambda done: self.end(recorded, done, started))
        return task

    def end(self, recorded: Recorded, task: asyncio.Task[Kept], started: float) -> None:
        SECONDS.labels(recorded.channel).observe(time.perf_counter() - started)
        self.running.pop(recorded.id, None)
        self.turns.end(recorded.conversation)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Left unanswered in the inbox, from where it is taken up again.
            logger.error("message %d is put off: %s", recorded.id, type(error).__name__)

    def is_too_much(self, said: Said) -> bool:
        """Whether a message has to be turned away; a cry for help never is."""
        if said.notice or not self.load.is_too_much(len(self.running), self.clerk.behind):
            return False
        return not cries_for_help(said, self.message_limit)

    def record(
        self,
        session: Session,
        arrival: Arrival,
        unless: Unless | None = None,
        too_much: bool = False,
    ) -> Recorded:
        if unless is not None and unless(session):
            raise Refused
        away = too_much and not self.attended(session, arrival.conversation)
        word = self.wording.say("busy") if away else None
        return record_arrival(session, arrival, self.vault, self.clock(), self.owner, word=word)

    async def look(self, inbound: int) -> Recorded:
        return await self.change(claim, inbound, self.vault, self.owner, self.clock())

    @spanned("gateway.answer")
    async def answer(self, recorded: Recorded, *, masked: bool, word: Reply | None) -> Kept:
        """Answer when its turn has come, and write the answer down before it is given.

        Args:
            word: what is said to a message beyond the limit.
        """
        mark(self.vault.pseudonym, recorded.conversation, recorded.id)
        note(recorded.id)
        if not recorded.is_new:
            # It may have been answered since it was looked for.
            recorded = await self.look(recorded.id)
        while recorded.replies is None and not recorded.ours:
            await self.turns.wait(recorded.id, recorded.conversation)
            recorded = await self.look(recorded.id)
        if recorded.replies is not None:
            return Kept(recorded.replies, recorded.handed)
        said = await self.with_pictures(recorded) if recorded.said.media else recorded.said
        heard = Heard(recorded.id, recorded.channel, recorded.conversation, said)
        replies = tuple(await self.say(heard, tries=recorded.tries, word=word))
        if masked:
            replies = (*replies, self.wording.say("identity_masked"))
        return await self.keep(recorded, replies)

    async def whose_turn(self, inbounds: Sequence[int]) -> Collection[int]:
        try:
            return await self.read(unhindered, inbounds, self.owner, self.clock())
        except SQLAlchemyError as error:
            logger.error("the inbox cannot be read: %s", type(error).__name__)
            return ()

    async def with_pictures(self, recorded: Recorded) -> Said:
        """The message with its pictures fetched; a picture that cannot be had is told of."""
        fetch = self.fetchers.get(recorded.channel)
        names = []
        for number, media in enumerate(recorded.said.media):
            kept = f"{recorded.channel}/{recorded.id}/{number}"
            name = await fetch(recorded.account, media, kept) if fetch else None
            if name is not None:
                names.append(name)
        said = await self.change(note_images, recorded.id, names, self.vault)
        if not names and not has_words(said.text):
            return replace(said, notice="picture_lost")
        return said

    async def say(self, heard: Heard, *, tries: int, word: Reply | None) -> Sequence[Reply]:
        if heard.said.notice:
            ANSWERED.labels(heard.channel, "noticed").inc()
            return (self.wording.say(heard.said.notice),)
        if ASKS_FOR_MORE.fullmatch(heard.said.text):
            now = self.clock()
            more = await self.change(read_rest, heard.conversation, self.vault, now)
            if more:
                ANSWERED.labels(heard.channel, "answered").inc()
                return (Reply(more),)
        held = await self.stop(heard) if self.stop else None
        if held is not None:
            ANSWERED.labels(heard.channel, "held").inc()
            return held
        if word is not None and not cries_for_help(heard.said, self.message_limit):
            ANSWERED.labels(heard.channel, "limited").inc()
            return (word,)
        refusal = refusal_of(heard.said, self.message_limit, self.wording)
        if refusal is not None:
            ANSWERED.labels(heard.channel, "refused").inc()
            return (refusal,)
        if tries > TRIES:
            ANSWERED.labels(heard.channel, "failed").inc()
            return (self.wording.say("failed"),)
        try:
            replies = await self.take_in_hand(heard)
        except Exception as error:
            # The resident must hear something whatever broke; the text stays out of the log.
            logger.error("message %d could not be answered: %s", heard.id, type(error).__name__)
            ANSWERED.labels(heard.channel, "failed").inc()
            return (self.wording.say("failed"),)
        ANSWERED.labels(heard.channel, "answered").inc()
        return replies

    async def take_in_hand(self, heard: Heard) -> Sequence[Reply]:
        """The answer, when there is room to make it; a cry for help never waits for that."""
        if self.load.is_taken and cries_for_help(heard.said, self.message_limit):
            return await self.respond(heard)
        async with self.load.place():
            return await self.respond(heard)

    @spanned("inbox.keep")
    async def keep(self, recorded: Recorded, replies: tuple[Reply, ...]) -> Kept:
        def write(session: Session) -> tuple[tuple[Reply, ...], Handed, bool]:
            awaited = self.awaited[recorded.id] > 0
            now = self.clock()
            written = record_replies(
                session,
                recorded.conversation,
                recorded.id,
                replies,
                self.vault,
                now,
                awaited=awaited,
            )
            return *written, awaited or recorded.late is Late.SEND

        kept, handed, in_time = await self.change(write)
        IN_TIME.labels(recorded.channel, "in_time" if in_time else "late").inc()
        if handed is Handed.QUEUED:
            self.call_courier()
        return Kept(kept, handed)

    async def give(self, kept: Kept, inbound: int, debtor: Arrival | None = None) -> Answer:
        """To a request what is there, unless it goes out another way; with what is still owed."""
        if kept.handed is Handed.OPEN and not await self.change(take_along, inbound):
            return Answer((), inbound, late=True)
        if kept.handed in {Handed.QUEUED, Handed.OWED}:
            return Answer((), inbound, late=True)
        if debtor is None or debtor.late is not Late.OWE:
            return Answer(kept.replies, inbound)
        now = self.clock()
        owed = await self.change(settle_debts, debtor.conversation, self.vault, now)
        return Answer((*owed, *kept.replies), inbound)

    async def be_late(self, arrival: Arrival, recorded: Recorded) -> Answer:
        """The time is up: the answer will go another way, unless it came at this very moment."""
        repeats = recorded.deliveries < arrival.deliveries_at_most
        if arrival.late is Late.WAIT or (arrival.late is Late.OWE and repeats):
            LATE.labels(arrival.channel, "repeat").inc()
            return Answer((), recorded.id, late=True, again=True)
        how = Handed.QUEUED if arrival.late is Late.PUSH else Handed.OWED
        if not await self.change(stop_waiting, recorded.id, how):
            now = await self.look(recorded.id)
            if now.replies is not None:
                return await self.give(Kept(now.replies, now.handed), recorded.id)
        LATE.labels(arrival.channel, how.value).inc()
        word = () if how is Handed.QUEUED else (self.wording.say("still_working"),)
        return Answer(word, recorded.id, late=True)

    async def keep_watch(self) -> None:
        """Give signs of life and take up what nobody holds, for ever."""
        while True:
            try:
                await self.watch_once()
            except SQLAlchemyError as error:
                logger.error("the inbox cannot be read: %s", type(error).__name__)
            await asyncio.sleep(SIGN_OF_LIFE)

    async def watch_once(self) -> None:
        for recorded in await self.change(self.look_after, list(self.running)):
            if recorded.ours and recorded.id not in self.running:
                TAKEN_OVER.inc()
                self.begin(recorded, False, None, time.perf_counter())

    def look_after(self, session: Session, running: Sequence[int]) -> list[Recorded]:
        now = self.clock()
        if running:
            hold_on(session, running, self.owner, now)
        if queue_unfetched(session, now):
            self.call_courier()
        left = [inbound for inbound in abandoned(session, now) if inbound not in running]
        return [claim(session, inbound, self.vault, self.owner, now) for inbound in left]
