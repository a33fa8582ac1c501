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
READ = "SELECT id, event FROM rasa_events WHERE conversation = ? AND id >= ? ORDER BY id"
DELETE = "DELETE FROM rasa_events WHERE conversation = ?"
INSERT = "INSERT INTO rasa_events (conversation, event) VALUES "
CONVERSATIONS = "SELECT DISTINCT conversation FROM rasa_events"
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(?, 1))"

AT_ONCE = 400
"""Events in one statement at most; SQLite counts 999 values of them in older releases."""

Statement = tuple[str, tuple[str | int, ...]]


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
            self.run(("PRAGMA journal_mode=WAL", ()), ("PRAGMA synchronous=NORMAL", ()))
        number = "BIGSERIAL" if self.postgresql else "INTEGER"
        more = "" if self.postgresql else " AUTOINCREMENT"
        with self.transaction("rasa_events"):
            self.run((TABLE.format(number=f"{number} PRIMARY KEY{more}"), ()), (INDEX, ()))

    def run(self, *statements: Statement) -> Any:
        """The cursor of the last one; PostgreSQL gets all at once, since each way there costs."""
        cursor = self.database.cursor()
        if self.postgresql:
            together = "; ".join(text for text, _ in statements).replace("?", "%s")
            cursor.execute(together, [value for _, values in statements for value in values])
        else:
            for text, values in statements:
                cursor.execute(text, values)
        return cursor

    def read(self, conversation: str, *, since: int = 0) -> list[tuple[int, dict[str, Any]]]:
        """The conversation's events with their numbers, from number ``since`` on."""
        rows = self.run((READ, (conversation, since))).fetchall()
        return [(int(number), json.loads(event)) for number, event in rows]

    def last(self, conversation: str) -> int:
        """Number of the conversation's last event; 0 where it has none."""
        return int(self.run((LAST, (conversation,))).fetchone()[0] or 0)

    def append(
        self, conversation: str, events: Sequence[dict[str, Any]], *, after: int, anew: bool
    ) -> int:
        """Write events behind number ``after``; the number of the last.

        Args:
            anew: in the place of all that are there.

        Raises:
            Stale: ``after`` is not the last any more; nothing was written.
        """
        if not events:
            return after
        with self.transaction(conversation):
            if self.last(conversation) != after:
                raise Stale(conversation)
            written = [insertion(conversation, part) for part in batched(events)]
            forgotten = [(DELETE, (conversation,))] if anew else []
            last = self.run(*forgotten, *written, (LAST, (conversation,)))
            return int(last.fetchone()[0])

    def conversations(self) -> list[str]:
        return [row[0] for row in self.run((CONVERSATIONS, ())).fetchall()]

    @contextlib.contextmanager
    def transaction(self, conversation: str) -> Iterator[None]:
        """One writer of the conversation at a time."""
        if not self.postgresql:
            self.run(("BEGIN IMMEDIATE", ()))
        try:
            if self.postgresql:
                self.run(("BEGIN", ()), (LOCK, (conversation,)))
            yield
        except BaseException:
            self.run(("ROLLBACK", ()))
            raise
        self.run(("COMMIT", ()))


def insertion(conversation: str, events: Sequence[dict[str, Any]]) -> Statement:
    places = ", ".join(["(?, ?)"] * len(events))
    values = (value for event in events for value in (conversation, json.dumps(event)))
    return INSERT + places, tuple(values)


def batched(events: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    return (events[start : start + AT_ONCE] for start in range(0, len(events), AT_ONCE))
