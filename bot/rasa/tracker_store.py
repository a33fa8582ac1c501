"""Rasa's conversations in one SQLite file, of which the running ones stay in memory.

Rasa's own SQL store opens a connection, reads and rebuilds the whole conversation for every
message; that took a third of a turn. Here a conversation is read once, when it is not in memory,
and only what is new is written, before the answer leaves. Only the current session of a
conversation is kept: the full record lies, sealed, in the service's transcript.
"""

import json
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

IN_MEMORY = 2000
"""Conversations kept in memory; the one longest silent makes way."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY,
    conversation TEXT NOT NULL,
    event TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS events_of_conversation ON events (conversation, id);
"""


class Known(NamedTuple):
    """A conversation in memory.

    ``written``: how many of its events are in the file; not ``settled``: handed out to a turn
    that has not been saved yet, so that what it holds is not to be trusted when it breaks.
    """

    tracker: DialogueStateTracker
    written: int
    settled: bool


class LocalTrackerStore(TrackerStore):
    """A conversation outlives a kill of Rasa; the last turn may be lost with a power cut only.

    For one Rasa on one machine: two of them would not see each other's conversations.
    """

    def __init__(
        self,
        domain: Domain | None,
        event_broker: EventBroker | None = None,
        db: str = "conversations.db",
        **kwargs: dict[str, Any],
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        Path(db).parent.mkdir(parents=True, exist_ok=True)
        self.database = sqlite3.connect(db, isolation_level=None, timeout=5)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=NORMAL")
        self.database.executescript(SCHEMA)
        self.known: OrderedDict[str, Known] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write what is new; a new session takes the place of the last one."""
        await self.stream_events(tracker)
        conversation = tracker.sender_id
        known = self.known.get(conversation)
        written = known.written if known and known.tracker is tracker else self.count(conversation)
        new = [event.as_dict() for event in islice(tracker.events, written, None)]
        begins = [i for i, event in enumerate(new) if event["event"] == "session_started"]
        self.database.execute("BEGIN IMMEDIATE")
        try:
            if begins and written:
                self.database.execute("DELETE FROM events WHERE conversation = ?", (conversation,))
            kept = new[max(begins[-1] - 1, 0) :] if begins else new
            self.database.executemany(
                "INSERT INTO events (conversation, event) VALUES (?, ?)",
                [(conversation, json.dumps(event)) for event in kept],
            )
        except BaseException:
            self.database.execute("ROLLBACK")
            raise
        self.database.execute("COMMIT")
        self.known[conversation] = Known(tracker, len(tracker.events), settled=True)
        self.known.move_to_end(conversation)
        while len(self.known) > IN_MEMORY:
            self.known.popitem(last=False)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation, from memory; from the file after a start or a turn that broke."""
        known = self.known.get(sender_id)
        if known is None or not known.settled:
            events = self.read(sender_id)
            if not events:
                self.known.pop(sender_id, None)
                return None
            slots = self.domain.slots if self.domain else []
            tracker = DialogueStateTracker.from_dict(sender_id, events, slots)
            known = Known(tracker, len(tracker.events), settled=True)
        self.known[sender_id] = Known(known.tracker, known.written, settled=False)
        return known.tracker

    def read(self, conversation: str) -> list[dict[str, Any]]:
        rows = self.database.execute(
            "SELECT event FROM events WHERE conversation = ? ORDER BY id", (conversation,)
        )
        return [json.loads(row[0]) for row in rows]

    def count(self, conversation: str) -> int:
        """How many events of the conversation are in the file."""
        rows = self.database.execute(
            "SELECT count(*) FROM events WHERE conversation = ?", (conversation,)
        )
        return int(rows.fetchone()[0])

    async def keys(self) -> Iterable[str]:
        rows = self.database.execute("SELECT DISTINCT conversation FROM events")
        return [row[0] for row in rows]
