"""How much a process has in hand, and when that is too much."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

IN_HAND = 8
"""Messages that are answered at the same time in one process; the next wait, and what only has to
be written down, or to be told that it takes longer, finds the processor free."""

PATIENCE = 2.0
"""Seconds that a message may wait for its place in hand; longer, and the next would come too late
for a channel that waits 4.5 s."""

SLOW_WRITING = 1.0
"""Seconds that a change of the database may have waited; an answer takes two of them."""


class Load:
    """Places for messages in hand.

    Args:
        at_most: messages that may wait for a place or have one.
    """

    def __init__(self, at_most: int) -> None:
        self.at_most = at_most
        self.places = asyncio.Semaphore(IN_HAND)
        self.waited = 0.0

    @contextlib.asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        wished = time.perf_counter()
        async with self.places:
            self.waited = time.perf_counter() - wished
            yield

    @property
    def is_taken(self) -> bool:
        """Whether there is no free place."""
        return self.places.locked()

    def is_too_much(self, running: int, writing: float) -> bool:
        """Whether one more would be answered too late.

        Args:
            running: messages under way.
            writing: seconds that the oldest change of the database has been waiting.
        """
        waits = self.is_taken and self.waited > PATIENCE
        return running >= self.at_most or waits or writing > SLOW_WRITING
