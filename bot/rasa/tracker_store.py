"""Rasa's conversations in SQLite, with a write-ahead log so that a turn costs no disk flush."""

from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from sqlalchemy import event


class LocalTrackerStore(SQLTrackerStore):
    """A conversation outlives a kill of Rasa; the last turn may be lost with a power cut only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event.listen(self.engine, "connect", use_write_ahead_log)
        self.engine.dispose()


def use_write_ahead_log(connection: Any, record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA busy_timeout=5000")
