"""Rasa's events on disk: an SQLite file for one machine, PostgreSQL for several."""

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

TABLE = """
CREATE TABLE IF NOT EXISTS rasa_events (
    id {number},
    conversation TEXT NOT NULL,
    event TEXT NOT NULL
)
"""
INDEX = "CREATE INDEX IF NOT EXISTS rasa_events_of ON rasa_events (conversation, id)"
LAST = "SELECT max(id) FROM rasa_events WHERE conversation = ?"
READ = "SELECT id, event FROM rasa_events WHERE conversation = ? ORDER BY id"
DELETE = "DELETE FROM rasa_events WHERE conversation = ?"
INSERT = "INSERT INTO rasa_events (conversation, event) VALUES (?, ?)"
CONVERSATIONS = "SELECT DISTINCT conversation FROM rasa_events"


class Stale(Exception):
    """Another Rasa has gone on with the conversation."""


class Events:
    """Events by conversation, in order. Numbers only grow, also after a deletion.

    Args:
        db: path of an SQLite file, or the address of a PostgreSQL database.

    Raises:
        sqlite3.Error, psycopg2.Error: from every method, when the database cannot be used.
    """

    def __init__(self, db: str) -> None:
        self.postgresql = db.startswith("postgresql://")
        if self.postgresql:
            import psycopg2  # Rasa's own driver

            self.database: Any = psycopg2.connect(db)
            self.database.autocommit = True
        else:
            Path(db).parent.mkdir(parents=True, exist_ok=True)
            self.database = sqlite3.connect(db, isolation_level=None, timeout=5)
            self.run("PRAGMA journal_mode=WAL")
            self.run("PRAGMA synchronous=NORMAL")
        number = "BIGSERIAL" if self.postgresql else "INTEGER"
        more = "" if self.postgresql else " AUTOINCREMENT"
        with self.transaction("rasa_events"):
            self.run(TABLE.format(number=f"{number} PRIMARY KEY{more}"))
            self.run(INDEX)

    def run(self, statement: str, *values: str) -> Any:
        cursor = self.database.cursor()
        cursor.execute(statement.replace("?", "%s") if self.postgresql else statement, values)
        return cursor

    def read(self, conversation: str) -> tuple[list[dict[str, Any]], int]:
        """The conversation's events, and the number of the last."""
        rows = self.run(READ, conversation).fetchall()
        return [json.loads(event) for _, event in rows], int(rows[-1][0]) if rows else 0

    def last(self, conversation: str) -> int:
        """Number of the conversation's last event; 0 where it has none."""
        return int(self.run(LAST, conversation).fetchone()[0] or 0)

    def append(
        self, conversation: str, events: Sequence[dict[str, Any]], *, after: int, anew: bool
    ) -> int:
        """Write events behind number ``after``; the number of the last.

        Args:
            anew: in the place of all that are there.

        Raises:
            Stale: ``after`` is not the last any more; nothing was written.
        """
        with self.transaction(conversation):
            if self.last(conversation) != after:
                raise Stale(conversation)
            if anew:
                self.run(DELETE, conversation)
            for event in events:
                self.run(INSERT, conversation, json.dumps(event))
            return self.last(conversation)

    def conversations(self) -> list[str]:
        return [row[0] for row in self.run(CONVERSATIONS).fetchall()]

    @contextlib.contextmanager
    def transaction(self, conversation: str) -> Iterator[None]:
        """One writer of the conversation at a time."""
        self.run("BEGIN" if self.postgresql else "BEGIN IMMEDIATE")
        try:
            if self.postgresql:
                self.run("SELECT pg_advisory_xact_lock(hashtextextended(?, 1))", conversation)
            yield
        except BaseException:
            self.run("ROLLBACK")
            raise
        self.run("COMMIT")
