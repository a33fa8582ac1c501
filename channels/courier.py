"""Brings what is in the outgoing queue to the residents, by each channel's own way."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from functools import partial
from typing import Protocol, TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from actions.reply import Reply
from actions.vault import Vault
from channels.marks import mark
from channels.metrics import SENT
from channels.outgoing import Errand, Key, give_up, note_failure, note_sent, take_due
from channels.recipients import Recipient
from nlu.clock import Clock
from nlu.spans import noted, span

logger = logging.getLogger(__name__)

T = TypeVar("T")

WRITERS = 2
"""Threads that note what becomes of lines."""

LOOKS_EVERY = 0.5
"""Seconds between looks into the queue, where nothing calls earlier."""

AT_ONCE = 200
"""Lines on their way at once; a platform that hangs holds each for some seconds."""


class NotNow(Exception):
    """The channel takes nothing at present, and says for how long; no failure of the line."""

    def __init__(self, reason: str, after: timedelta) -> None:
        super().__init__(reason)
        self.after = after


class Undeliverable(Exception):
    """The line can never be delivered: they have left, or the channel refuses it."""


class Writer(Protocol):
    """A channel that may write first."""

    async def send(self, to: Recipient, reply: Reply, *, inbound: int | None, key: Key) -> None:
        """Send one reply.

        Args:
            inbound: the message it answers; None for what is said unasked (news of a ticket).
            key: the same whenever this line is sent.

        Raises:
            NotNow, Undeliverable: see there; any other error counts as a failure.
        """


class Courier:
    """Sends in order within a conversation, in parallel across them.

    Args:
        writers: by name of the channel.
        owner: the process.
        joining: channels that count messages; answers that wait there go out as one.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        writers: Mapping[str, Writer],
        *,
        vault: Vault,
        clock: Clock,
        owner: str,
        joining: Collection[str] = (),
    ) -> None:
        self.sessions = sessions
        self.joining = joining
        self.writers = writers
        self.vault = vault
        self.clock = clock
        self.owner = owner
        self.threads = ThreadPoolExecutor(WRITERS, "courier")
        self.called = asyncio.Event()
        self.under_way: set[asyncio.Task[None]] = set()

    def call(self) -> None:
        """There is something in the queue."""
        self.called.set()

    async def run(self) -> None:
        """Bring, for ever; a platform that hangs keeps no other waiting.

        Told to stop, it lets what is on its way arrive, so that nothing is sent again after a
        restart.
        """
        try:
            while True:
                self.called.clear()
                if len(self.under_way) < AT_ONCE and await self.begin():
                    continue
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOKS_EVERY):
                        await self.called.wait()
        finally:
            await asyncio.gather(*self.under_way, return_exceptions=True)

    async def begin(self) -> int:
        """Set out with what is due; how many lines those are."""
        try:
            errands = await self.write(self.take)
        except SQLAlchemyError as error:
            logger.error("the outgoing queue cannot be read: %s", type(error).__name__)
            return 0
        for errand in errands:
            task = asyncio.create_task(self.send(errand))
            self.under_way.add(task)
            task.add_done_callback(self.end)
        return len(errands)

    def end(self, task: asyncio.Task[None]) -> None:
        """A line is done with; the next of its conversation may go."""
        self.under_way.discard(task)
        self.call()
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("the outgoing queue cannot be written: %s", type(error).__name__)

    async def bring(self) -> int:
        """Send what is due; how many lines were tried."""
        errands = await self.write(self.take)
        await asyncio.gather(*(self.send(errand) for errand in errands))
        return len(errands)

    async def write(self, change: Callable[..., T], *arguments: object) -> T:
        """Run a change of the database in a thread that waits for nobody's answer.

        A line is sent again where its process dies before it has noted that it was sent.
        """
        run = partial(copy_context().run, change, *arguments)
        return await asyncio.get_running_loop().run_in_executor(self.threads, run)

    def take(self) -> list[Errand]:
        with self.sessions.begin() as session:
            return take_due(session, self.owner, self.vault, self.clock(), joining=self.joining)

    async def send(self, errand: Errand) -> None:
        mark(self.vault.pseudonym, errand.conversation, errand.inbound)
        with span("courier.send", parent=noted(errand.inbound)):
            await self.try_to_send(errand)

    async def try_to_send(self, errand: Errand) -> None:
        to = errand.recipient
        channel = to.channel if to else "none"
        try:
            if to is None or not to.reachable or channel not in self.writers:
                raise Undeliverable("nobody to write to")
            await self.writers[channel].send(
                to, errand.reply, inbound=errand.inbound, key=errand.key
            )
        except NotNow as wait:
            SENT.labels(channel, "later").inc()
            await self.write(self.fail, errand, str(wait), wait.after)
        except Undeliverable as refusal:
            SENT.labels(channel, "dead").inc()
            logger.warning("line %d cannot be delivered: %s", errand.id, refusal)
            await self.write(self.bury, errand, str(refusal))
        except Exception as error:
            # Whatever broke: the line stays in the queue. The text of an error may quote it.
            SENT.labels(channel, "failed").inc()
            logger.warning("line %d was not sent: %s", errand.id, type(error).__name__)
            await self.write(self.fail, errand, type(error).__name__, None)
        else:
            SENT.labels(channel, "sent").inc()
            await self.write(self.close, errand)

    def fail(self, errand: Errand, reason: str, after: timedelta | None) -> None:
        now = self.clock()
        with self.sessions.begin() as session:
            for line in (errand.id, *errand.along):
                note_failure(session, line, reason, now, after=after)

    def bury(self, errand: Errand, reason: str) -> None:
        now = self.clock()
        with self.sessions.begin() as session:
            for line in (errand.id, *errand.along):
                give_up(session, line, reason, now)

    def close(self, errand: Errand) -> None:
        now = self.clock()
        with self.sessions.begin() as session:
            for line in (errand.id, *errand.along):
                note_sent(session, line, now)
