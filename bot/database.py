"""The database: how it is opened, what lies in it, and how it is brought up to date."""

import contextlib
import math
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

import actions.case_systems.ledger  # its tables are among the tickets'
import actions.tables
import actions.tickets.tables
import channels.hotline.tables  # its tables are among the channels'
import channels.tables
import knowledge.tables
from bot.turn import Turn

METADATA: tuple[MetaData, ...] = (
    knowledge.tables.Base.metadata,
    actions.tickets.tables.Base.metadata,
    actions.tables.Base.metadata,
    channels.tables.Base.metadata,
)
"""Every table of every package."""

MIGRATIONS = Path(__file__).with_name("migrations")

THREADS = 40
"""Worker threads that may want a connection at once: as many as the web framework has."""

WAIT = 15
"""Seconds to wait for another writer, or for a free connection."""

RESTED = 1.0
"""Seconds unused, after which a connection to PostgreSQL is tried before it is used."""

MIGRATING = 7_110_514
"""Key of PostgreSQL's advisory lock: one migration at a time."""

DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


class DatabaseFault(Exception):
    """The database cannot be opened or brought up to date; one line says what to do."""


def open_engine(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL; nothing is connected yet.

    SQLite transactions take the write lock when they begin, so two of them never deadlock and a
    savepoint is one. PostgreSQL runs in READ COMMITTED.

    Raises:
        DatabaseFault: the address is wrong, of another make, or its driver is missing.
    """
    return _open(_address(url), foreign_keys=True)


def open_sessions(engine: Engine, *, reads_only: bool = False) -> sessionmaker[Session]:
    """Sessions whose rows stay readable after the commit.

    Args:
        reads_only: they write nothing, and so keep nobody from writing, however long they last.
    """
    if reads_only and engine.dialect.name == "postgresql":
        # Each statement for itself: what begins and ends a transaction are two more ways there.
        engine = engine.execution_options(isolation_level="AUTOCOMMIT")
    elif reads_only:
        engine = engine.execution_options(reads_only=True)
    return sessionmaker(engine, expire_on_commit=False)


def is_current(url: str) -> bool:
    """Whether the database is there and has the newest tables.

    Raises:
        DatabaseFault: it cannot be reached.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite" and not _file_of(address):
        return False
    with _faults(address), _migrating(address) as connection:
        found = MigrationContext.configure(connection).get_current_heads()
    return set(found) == set(ScriptDirectory.from_config(_config()).get_heads())


def bring_up_to_date(url: str) -> None:
    """Migrates where that is still to be done.

    Raises:
        DatabaseFault: see ``migrate``.
    """
    if not is_current(url):
        migrate(url)


def migrate(url: str) -> None:
    """Brings the tables up to date, or makes them; all in one transaction.

    Two processes may do it at once: the second waits and finds nothing left to do.

    Raises:
        DatabaseFault: the database cannot be reached, or comes from a newer Linli.
    """
    address = _address(url)
    with _faults(address), _migrating(address) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _address(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise DatabaseFault(
            "database: the address in LINLI_DATABASE_URL cannot be read; "
            "it looks like postgresql://user:password@host/name"
        ) from error
    address = address.set(drivername=DRIVERS.get(address.drivername, address.drivername))
    if address.get_backend_name() not in {"sqlite", "postgresql"}:
        raise DatabaseFault(
            f"database: {address.get_backend_name()} is not supported; use SQLite or PostgreSQL"
        )
    return address


def _open(address: URL, *, foreign_keys: bool) -> Engine:
    try:
        if address.get_backend_name() == "postgresql":
            engine = create_engine(
                address,
                isolation_level="READ COMMITTED",
                pool_size=THREADS // 2,
                max_overflow=THREADS // 2,
                pool_timeout=WAIT,
            )
            try_what_rested(engine)
            return engine
        engine = create_engine(address, connect_args={"timeout": WAIT}, **_pool(address))
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        raise DatabaseFault(
            f"database: the driver for {address.drivername} is not installed; "
            "run `make setup EXTRAS=postgresql`"
        ) from error
    switch = "ON" if foreign_keys else "OFF"

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # BEGIN is ours to say, below
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA foreign_keys = {switch}")

    take_turns(engine)
    return engine


def try_what_rested(engine: Engine) -> None:
    """A connection that lay unused is tried first: the server may have been restarted meanwhile.

    SQLAlchemy's own pre-ping tries it every time, which was an eighth of all statements.
    """

    @event.listens_for(engine, "checkin")
    def note(connection: Any, entry: ConnectionPoolEntry) -> None:
        entry.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, entry: ConnectionPoolEntry, proxy: Any) -> None:
        if time.monotonic() - entry.info.get("rests_since", math.inf) <= RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except Exception as error:
            raise DisconnectionError from error


def take_turns(engine: Engine) -> None:
    """Writers wait for one another at a lock, not asleep."""
    database = engine.url.database
    turn = Turn(None if database in (None, "", ":memory:") else Path(database), WAIT)

    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("reads_only", False):
            connection.exec_driver_sql("BEGIN")
            return
        connection.info["has_turn"] = turn.take()
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            give_back(connection)
            raise

    def give_back(connection: Connection) -> None:
        if connection.info.pop("has_turn", False):
            turn.give_back()

    event.listen(engine, "begin", begin)
    event.listen(engine, "commit", give_back)
    event.listen(engine, "rollback", give_back)


def _pool(address: URL) -> dict[str, Any]:
    """A database in memory keeps SQLAlchemy's own pool: one connection a thread."""
    if address.database in (None, "", ":memory:"):
        return {}
    return {"pool_size": THREADS, "max_overflow": 0, "pool_timeout": WAIT}


def _file_of(address: URL) -> bool:
    return bool(address.database) and Path(str(address.database)).exists()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@contextlib.contextmanager
def _migrating(address: URL) -> Iterator[Connection]:
    """A connection in a transaction; without SQLite's foreign keys, since tables are rebuilt."""
    engine = _open(address, foreign_keys=False)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@contextlib.contextmanager
def _faults(address: URL) -> Iterator[None]:
    try:
        yield
    except CommandError as error:
        raise DatabaseFault(
            "database: its tables come from a newer Linli than this one; "
            "update Linli, or give it another database"
        ) from error
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        raise DatabaseFault(f"database {address!r} cannot be used: {reason}") from error
