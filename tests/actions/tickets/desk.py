"""A small office for tests: database, vault, rules, calendar and a clock one can turn."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from cryptography.fernet import Fernet
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from actions.case_systems.ledger import Ledger
from actions.tickets.calendar import WorkingCalendar
from actions.tickets.deadlines import Rule, load_rules
from actions.tickets.progress import change_status
from actions.tickets.register import file
from actions.tickets.tables import Base
from actions.tickets.ticket import Address, Event, Kind, NewTicket, Status, Ticket
from actions.vault import Vault
from nlu.clock import SHANGHAI

T = TypeVar("T")

POSTGRESQL = os.environ.get("LINLI_TEST_POSTGRESQL", "")
NEW = NewTicket(
    kind=Kind.REQUEST,
    description="三号楼楼道的灯坏了一个星期，晚上看不见台阶",
    channel="web",
    conversation="web:1",
    category=("城乡建设", "城市建设和市政管理", "城市公共设施"),
    confidence=0.9,
    address=Address(said="云溪家园3号楼", community="云溪家园", building="3号楼"),
    contact_name="示例居民",
    contact_phone="13800000000",
)


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)


@dataclass
class Office:
    sessions: sessionmaker[Session]
    vault: Vault
    rules: tuple[Rule, ...] = field(default_factory=load_rules)
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)
    now: datetime = field(default_factory=lambda: at("2026-03-02 10:00"))
    events: list[Event] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)

    @property
    def times(self) -> dict[str, Any]:
        return {"now": self.now, "rules": self.rules, "calendar": self.calendar}

    def file(self, new: NewTicket = NEW, *, key: str = "") -> Ticket:
        with self.sessions.begin() as session:
            return file(
                session,
                new,
                key=key or uuid4().hex,
                vault=self.vault,
                publish=self.events.append,
                **self.times,
            )

    def take(self, number: str, *steps: Status) -> Ticket:
        """Moves a ticket along, with all that its steps may need."""
        with self.sessions.begin() as session:
            for step in steps:
                ticket = change_status(
                    session,
                    number,
                    step,
                    actor="operator:li",
                    reason="示例理由",
                    instead="示例去处",
                    until=self.now + timedelta(days=365),
                    publish=self.events.append,
                    **self.times,
                )
        return ticket

    def run(self, call: Callable[..., T], *args: Any, **named: Any) -> T:
        """Calls a function of the register in a transaction of its own."""
        with self.sessions.begin() as session:
            return call(session, *args, now=self.now, **named)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.sessions, self.vault)


def set_up_sqlite(connection: Any, entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")


def begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def sqlite(path: Path | None) -> Engine:
    """As the service opens it; None: in memory, for one thread."""
    if path is None:
        engine = create_engine("sqlite://", poolclass=StaticPool)
    else:
        engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
    event.listen(engine, "connect", set_up_sqlite)
    event.listen(engine, "begin", begin_immediate)
    return engine


@contextmanager
def opened(engine: Engine) -> Iterator[Office]:
    Base.metadata.create_all(engine)
    try:
        yield Office(sessionmaker(engine), Vault(Fernet.generate_key()))
    finally:
        if engine.dialect.name == "postgresql":
            Base.metadata.drop_all(engine)
        engine.dispose()
