"""Open streams: each brings the lines of one conversation to one page as they are said."""

import asyncio
import contextlib
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from fastapi import HTTPException
from fastapi.sse import ServerSentEvent
from sqlalchemy.orm import Session, sessionmaker

from actions.vault import Vault
from channels.bells import Bells
from channels.metrics import STREAMS, STREAMS_REFUSED
from channels.transcript import Spoken, transcript
from channels.web.lines import line_of

SIGN_OF_LIFE = 14.0
"""Seconds after which a silent stream says that it lives; proxies close what is silent for 30 s."""

AT_ONCE = 100
"""Lines read together; all that a stream holds in memory."""

COME_BACK = (1500, 4000)
"""Milliseconds after which a page whose stream broke comes back, so that not all come at once."""

FULL = "现在看的人太多，请稍后再试。"
FULL_FOR = {"Retry-After": "20"}  # seconds


@dataclass(slots=True)
class Streams:
    """Those open now.

    Args:
        reading: sessions that write nothing.
        each: how many one conversation may have.
        at_once: how many there may be.
    """

    reading: sessionmaker[Session]
    vault: Vault
    bells: Bells
    each: int = 4
    at_once: int = 500
    closed: bool = False
    open: Counter[str] = field(default_factory=Counter)

    @contextlib.contextmanager
    def seat(self, conversation: str) -> Iterator[asyncio.Event]:
        """Room for one more, with the bell that rings when there may be something to read.

        Raises:
            HTTPException: 503, there is no room.
        """
        if self.closed or self.open.total() >= self.at_once or self.open[conversation] >= self.each:
            STREAMS_REFUSED.inc()
            raise HTTPException(503, FULL, headers=FULL_FOR)
        self.open[conversation] += 1
        STREAMS.inc()
        try:
            with self.bells.listen(conversation) as bell:
                yield bell
        finally:
            STREAMS.dec()
            self.open[conversation] -= 1
            self.open += Counter()  # forgets what nobody reads

    async def events(
        self, conversation: str, bell: asyncio.Event, after: int, address: str
    ) -> AsyncIterator[ServerSentEvent]:
        """The lines behind ``after``, those said later as they come, and signs of life.

        A line is read from the database when the one before it has been taken, so a slow reader
        holds nothing up and nothing piles up for it.

        Args:
            address: of the conversation, for those of its pictures.
        """
        yield ServerSentEvent(event="open", raw_data="", retry=random.randint(*COME_BACK))  # noqa: S311
        while not self.closed:
            bell.clear()
            lines = await asyncio.to_thread(self.read, conversation, after)
            for line in lines:
                after = line.id
                content = json.dumps(line_of(line, address), ensure_ascii=False)
                yield ServerSentEvent(raw_data=content, id=str(line.id))
            if len(lines) == AT_ONCE:
                continue
            try:
                async with asyncio.timeout(SIGN_OF_LIFE):
                    await bell.wait()
            except TimeoutError:
                yield ServerSentEvent(event="alive", raw_data="")

    def read(self, conversation: str, after: int) -> list[Spoken]:
        with self.reading() as session:
            return transcript(session, conversation, self.vault, after=after, limit=AT_ONCE)

    def close(self) -> None:
        """End them all, before the service waits for open requests to end."""
        self.closed = True
        self.bells.ring_all()
