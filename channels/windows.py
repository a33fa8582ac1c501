"""How often something happened lately: counted in this process, or in Redis for all of them.

A sliding window made of two fixed ones: what happened in the last period counts in full, what
happened in the one before by the share of it that still lies within the length of a period.
"""

import asyncio
import logging
from collections import OrderedDict
from datetime import timedelta
from typing import NamedTuple, Protocol

from limits import RateLimitItem
from limits.aio.storage import RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError

from channels.metrics import REDIS_ANSWERS
from nlu.clock import Clock

logger = logging.getLogger(__name__)

REDIS_WITHIN = 0.3
"""Seconds for one count; a resident waits for it."""

REDIS_AGAIN_AFTER = timedelta(seconds=10)
"""After this a Redis that did not answer is asked again."""

IN_MEMORY = 100_000
"""Windows kept in this process; the one longest without a message makes way."""


class Windows(Protocol):
    """Counts by limit and key."""

    async def take(self, limit: RateLimitItem, key: str) -> float:
        """Count one more: 0 where the limit allows it, else the seconds until it would."""

    async def close(self) -> None: ...


class Counts(NamedTuple):
    """``current`` since the window began, which ends in ``left`` seconds; ``previous`` before."""

    previous: int
    current: int
    left: float


def seconds_to_wait(limit: RateLimitItem, counts: Counts) -> float:
    """Until one more is allowed; 0: now."""
    period = float(limit.get_expiry())
    free = limit.amount - counts.current
    if free <= 0:
        return counts.left
    if counts.previous * counts.left / period < free:
        return 0.0
    return max(counts.left - free * period / counts.previous, 0.001)


class OwnWindows:
    """In this process, bounded in memory."""

    def __init__(self, clock: Clock, at_most: int = IN_MEMORY) -> None:
        self.clock = clock
        self.at_most = at_most
        self.windows: OrderedDict[str, tuple[int, int, int]] = OrderedDict()

    async def take(self, limit: RateLimitItem, key: str) -> float:
        """See ``Windows``."""
        name, period = limit.key_for(key), limit.get_expiry()
        number, into = divmod(self.clock().timestamp(), period)
        then, previous, current = self.windows.pop(name, (int(number), 0, 0))
        if then != number:
            previous, current = (current if then == number - 1 else 0), 0
        wait = seconds_to_wait(limit, Counts(previous, current, period - into))
        self.windows[name] = (int(number), previous, current + (wait == 0))
        if len(self.windows) > self.at_most:
            self.windows.popitem(last=False)
        return wait

    async def close(self) -> None:
        self.windows.clear()


class RedisWindows:
    """In Redis, by the scripts of ``limits``, which count in one step.

    Args:
        url: ``redis://`` or ``rediss://``; nothing is connected yet.
    """

    def __init__(self, url: str) -> None:
        self.storage = RedisStorage(
            f"async+{url}",
            wrap_exceptions=True,
            implementation="redispy",
            key_prefix="linli:rates",
            socket_timeout=REDIS_WITHIN,
            socket_connect_timeout=REDIS_WITHIN,
        )
        self.limiter = SlidingWindowCounterRateLimiter(self.storage)

    async def take(self, limit: RateLimitItem, key: str) -> float:
        """See ``Windows``.

        Raises:
            StorageError, TimeoutError, OSError: Redis does not answer.
        """
        async with asyncio.timeout(REDIS_WITHIN):
            if await self.limiter.hit(limit, key):
                return 0.0
            period = limit.get_expiry()
            previous, _, current, ends = await self.storage.get_sliding_window(
                limit.key_for(key), period
            )
            return max(seconds_to_wait(limit, Counts(previous, current, ends % period)), 0.001)

    async def close(self) -> None:
        await self.storage.bridge.get_connection().aclose()  # type: ignore[attr-defined]


class SharedWindows:
    """In Redis while it answers, else in this process; nobody gets an error of it."""

    def __init__(self, shared: RedisWindows, own: Windows, clock: Clock) -> None:
        self.shared = shared
        self.own = own
        self.clock = clock
        self.ask_at = clock()
        self.answers = True

    async def take(self, limit: RateLimitItem, key: str) -> float:
        """See ``Windows``."""
        if self.clock() < self.ask_at:
            return await self.own.take(limit, key)
        try:
            wait = await self.shared.take(limit, key)
        except (StorageError, TimeoutError, OSError) as error:
            self.lose(error)
            return await self.own.take(limit, key)
        self.find()
        return wait

    def lose(self, error: Exception) -> None:
        self.ask_at = self.clock() + REDIS_AGAIN_AFTER
        REDIS_ANSWERS.set(0)
        if self.answers:
            self.answers = False
            logger.warning(
                "redis does not answer (%s): rates are counted in this process",
                type(error).__name__,
            )

    def find(self) -> None:
        REDIS_ANSWERS.set(1)
        if not self.answers:
            self.answers = True
            logger.info("redis answers again: rates are counted there")

    async def close(self) -> None:
        await self.shared.close()
