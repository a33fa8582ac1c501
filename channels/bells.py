"""Tells whoever listens to a conversation that something was said in it, by any process.

One look at the newest lines serves all who listen, and nobody looks while nobody listens. What
this process writes is told at once; what others write, within ``LOOKS_EVERY``.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import event, func, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from channels.tables import TranscriptRow

logger = logging.getLogger(__name__)

LOOKS_EVERY = 0.5
"""Seconds between looks for what other processes wrote."""

RESTS = 0.02
"""Seconds at least between two looks, however much is written."""

GAP_LASTS = 10.0
"""Seconds for which a number that was passed over may belong to a transaction still open."""

LOOKS_BACK = 100
"""Numbers below one that appears among which such are looked for."""

AT_ONCE = 1000
"""Lines read in one look."""


class Bells:
    """Rings for conversations in which something was said.

    Args:
        reading: sessions that write nothing.
    """

    def __init__(
        self, reading: sessionmaker[Session], *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self.reading = reading
        self.seconds = seconds
        self.listeners: dict[str, set[asyncio.Event]] = {}
        self.stirred = asyncio.Event()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.watch: asyncio.Task[None] | None = None
        self.newest = 0
        self.passed_over: dict[int, float] = {}

    @contextlib.contextmanager
    def listen(self, conversation: str) -> Iterator[asyncio.Event]:
        """A bell that rings when lines were added, and once after the first look."""
        bell = asyncio.Event()
        self.listeners.setdefault(conversation, set()).add(bell)
        if self.watch is None:
            self.loop = asyncio.get_running_loop()
            self.watch = asyncio.create_task(self.keep_watch())
        try:
            yield bell
        finally:
            self.listeners[conversation].discard(bell)
            if not self.listeners[conversation]:
                del self.listeners[conversation]
            if not self.listeners and self.watch is not None:
                self.watch.cancel()
                self.watch = None

    def hear(self, sessions: sessionmaker[Session]) -> None:
        """Look at once when these sessions have written a line."""

        @event.listens_for(sessions, "after_flush")
        def note(session: Session, *_: Any) -> None:
            if any(isinstance(row, TranscriptRow) for row in session.new):
                session.info["said"] = True

        @event.listens_for(sessions, "after_commit")
        def tell(session: Session) -> None:
            if session.info.pop("said", False):
                self.stir()

    def stir(self) -> None:
        """Look now rather than later; from any thread."""
        if self.listeners and self.loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
                self.loop.call_soon_threadsafe(self.stirred.set)

    def ring_all(self) -> None:
        for bells in self.listeners.values():
            for bell in bells:
                bell.set()

    async def keep_watch(self) -> None:
        """Look as long as somebody listens."""
        begun = False
        while True:
            self.stirred.clear()
            try:
                if begun:
                    self.ring(self.take_in(await asyncio.to_thread(self.look)))
                else:
                    self.newest, self.passed_over = await asyncio.to_thread(self.beginning), {}
                    self.ring_all()  # what was said before the first look
                    begun = True
            except SQLAlchemyError as error:
                logger.error("the transcript cannot be read: %s", type(error).__name__)
            await asyncio.sleep(RESTS)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOKS_EVERY):
                    await self.stirred.wait()

    def ring(self, conversations: set[str]) -> None:
        for conversation in conversations:
            for bell in self.listeners.get(conversation, ()):
                bell.set()

    def beginning(self) -> int:
        """The number behind which lines are looked for at first."""
        with self.reading() as session:
            return (session.scalar(select(func.max(TranscriptRow.id))) or 0) - LOOKS_BACK

    def look(self) -> list[tuple[int, str]]:
        """Number and conversation of lines not seen before."""
        rows = (
            select(TranscriptRow.id, TranscriptRow.conversation)
            .where(or_(TranscriptRow.id > self.newest, TranscriptRow.id.in_(self.passed_over)))
            .order_by(TranscriptRow.id)
            .limit(AT_ONCE)
        )
        with self.reading() as session:
            return [(number, conversation) for number, conversation in session.execute(rows)]

    def take_in(self, lines: list[tuple[int, str]]) -> set[str]:
        """The conversations of these lines, which are now seen.

        Numbers are given out when a line is written and become visible when its transaction ends,
        so a lower one may appear after a higher one.
        """
        now = self.seconds()
        for number, _ in lines:
            if number > self.newest:
                first = max(self.newest + 1, number - LOOKS_BACK)
                self.passed_over.update(dict.fromkeys(range(first, number), now))
                self.newest = number
            self.passed_over.pop(number, None)
        gone = [n for n, since in self.passed_over.items() if now - since > GAP_LASTS]
        for number in gone:
            del self.passed_over[number]
        if len(lines) == AT_ONCE:
            self.stirred.set()
        return {conversation for _, conversation in lines}
