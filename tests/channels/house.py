"""What the channels need, in small: a database, a vault, words, a clock, and one who answers."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from actions.reply import Reply
from actions.turn import Said
from actions.vault import Vault
from actions.wording import Wording, load_wording
from bot.database import open_engine, open_sessions
from channels.arrival import Arrival
from channels.gateway import Gateway
from channels.handling import Heard
from channels.inbox import record_arrival, record_replies
from channels.tables import Base
from channels.transcript import Spoken, transcript

FACTS = {"community": "云溪街道", "phone": "010-0000-0000（示例）", "office_hours": "（示例）"}
LIMIT = 2000
PATIENCE = 60.0
"""Seconds that what must come about may take: more than it does on the slowest machine."""


def arrival(text: str = "路灯坏了", external: str = "1", **told: Any) -> Arrival:
    """A message; ``told``: conversation, location, images, or any field of an arrival."""
    conversation = told.pop("conversation", "web:a")
    about = {
        name: told.pop(name) for name in ("late", "recipient", "deliveries_at_most") if name in told
    }
    said = Said(text, **told)
    return Arrival("web", "", f"{conversation}/{external}", conversation, said, **about)


OWNER = "process-1"


def told(house: "House", session: Session, message: Arrival, *replies: Reply) -> int:
    """A message with its answer, in the record; the number of the message."""
    now = house.now
    recorded = record_arrival(session, message, house.vault, now, OWNER)
    about = (message.conversation, recorded.id, replies, house.vault, now)
    record_replies(session, *about, awaited=True)
    return recorded.id


async def ask(gateway: Gateway, message: Arrival) -> tuple[Reply, ...]:
    """The replies to a message, however long they take."""
    return (await gateway.receive(message)).replies


@dataclass
class Answerer:
    """Says back what it heard, and keeps count; told to, it waits, or fails."""

    heard: list[Heard] = field(default_factory=list)
    before: Callable[[Heard], Awaitable[None]] | None = None

    async def __call__(self, heard: Heard) -> Sequence[Reply]:
        self.heard.append(heard)
        if self.before is not None:
            await self.before(heard)
        return (Reply(f"收到：{heard.said.text}"), Reply(f"第{len(self.heard)}句"))

    @property
    def texts(self) -> list[str]:
        return [heard.said.text for heard in self.heard]


@dataclass
class House:
    sessions: sessionmaker[Session]
    vault: Vault
    wording: Wording
    now: datetime = datetime(2026, 3, 2, 2, tzinfo=UTC)
    answerer: Answerer = field(default_factory=Answerer)

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def stop_time(self) -> None:
        """Where several processes look often, the clock must not go on with every look."""
        self.clock = lambda: self.now  # type: ignore[method-assign]

    def gateway(self, answerer: Answerer | None = None) -> Gateway:
        """A gateway on this house's database, as after a start of the program."""
        return Gateway(
            self.sessions,
            answerer or self.answerer,
            vault=self.vault,
            wording=self.wording,
            clock=self.clock,
            message_limit=LIMIT,
        )

    def record(self, message: Arrival) -> None:
        """A message that a process wrote down and then died over."""
        with self.sessions.begin() as session:
            record_arrival(session, message, self.vault, self.clock(), secrets.token_hex(8))

    def lines(self, conversation: str = "web:a") -> list[Spoken]:
        with self.sessions() as session:
            return transcript(session, conversation, self.vault)

    def said(self, conversation: str = "web:a") -> list[tuple[str, str]]:
        """Speaker and text, line by line."""
        return [(line.speaker, line.content.get("text", "")) for line in self.lines(conversation)]

    def rows(self, table: str, order: str = "id") -> list[dict[str, Any]]:
        """A table as it lies on the disk."""
        with self.sessions() as session:
            found = session.execute(text(f"SELECT * FROM {table} ORDER BY {order}"))  # noqa: S608
            return [dict(row) for row in found.mappings()]

    def on_disk(self) -> str:
        return repr([self.rows("inbound"), self.rows("transcript")])


@contextmanager
def opened(path: Path) -> Iterator[House]:
    engine = open_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    yield House(open_sessions(engine), Vault(Fernet.generate_key()), load_wording(FACTS))
    engine.dispose()


async def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for what must come about.

    Raises:
        TimeoutError: it has not.
    """
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # nothing tells us
            await asyncio.sleep(0.01)
