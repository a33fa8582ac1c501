"""Open streams: each brings the lines of one conversation to one page as they are said."""

import asyncio
import contextlib
import json
import random
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


@dataclass(eq=False, slots=True)
class Seat:
    """A stream's place: the bell rings when there may be something to read."""

    conversation: str
    bell: asyncio.Event
    given_away: bool = False

    def give_away(self) -> None:
        self.given_away = True
        self.bell.set()


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
    seats: dict[str, list[Seat]] = field(default_factory=dict)

    @contextlib.contextmanager
    def seat(self, conversation: str) -> Iterator[Seat]:
        """Room for one more; where the conversation has no more, the oldest one's.

        A telephone that lost its line leaves a stream behind of which nobody knows that it is dead.

        Raises:
            HTTPException: 503, there is no room.
        """
        taken = self.seats.setdefault(conversation, [])
        if len(taken) >= self.each:
            taken.pop(0).give_away()
        elif self.closed or sum(map(len, self.seats.values())) >= self.at_once:
            STREAMS_REFUSED.inc()
            self.forget(conversation)
            raise HTTPException(503, FULL, headers=FULL_FOR)
        STREAMS.inc()
        try:
            with self.bells.listen(conversation) as bell:
                seat = Seat(conversation, bell)
                taken.append(seat)
                yield seat
        finally:
            STREAMS.dec()
            if not seat.given_away:
                taken.remove(seat)
            self.forget(conversation)

    def forget(self, conversation: str) -> None:
        """What nobody reads any more."""
        if not self.seats.get(conversation, True):
            del self.seats[conversation]

    async def events(self, seat: Seat, after: int, address: str) -> AsyncIterator[ServerSentEvent]:
        """The lines behind ``after``, those said later as they come, and signs of life.

        A line is read from the database when the one before it has been taken, so a slow reader
        holds nothing up and nothing piles up for it.

        Args:
            address: of the conversation, for those of its pictures.
        """
        yield ServerSentEvent(event="open", raw_data="", retry=random.randint(*COME_BACK))  # noqa: S311
        while not self.closed and not seat.given_away:
            seat.bell.clear()
            lines = await asyncio.to_thread(self.read, seat.conversation, after)
            for line in lines:
                after = line.id
                content = json.dumps(line_of(line, address), ensure_ascii=False)
                yield ServerSentEvent(raw_data=content, id=str(line.id))
            if len(lines) == AT_ONCE:
                continue
            try:
                async with asyncio.timeout(SIGN_OF_LIFE):
                    await seat.bell.wait()
            except TimeoutError:
                yield ServerSentEvent(event="alive", raw_data="")
        if seat.given_away:
            yield ServerSentEvent(event="replaced", raw_data="")

    def read(self, conversation: str, after: int) -> list[Spoken]:
        with self.reading() as session:
            return transcript(session, conversation, self.vault, after=after, limit=AT_ONCE)

    def close(self) -> None:
        """End them all, before the service waits for open requests to end."""
        self.closed = True
        self.bells.ring_all()
