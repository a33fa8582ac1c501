"""The seed entries on their way into the database.

They go in as approved, since the project has reviewed them; what was changed here stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from knowledge.entry import Entry
from knowledge.items import Newest, newest_of
from knowledge.review import approve_at_once
from knowledge.store import Saved, save_entries
from knowledge.version import Kind, Status, content_hash

SEEDER, REVIEWER = "种子", "邻里项目"
NOTE = "邻里自带的条目，项目已审核"


@dataclass(frozen=True, slots=True)
class Planted:
    """``kept`` seeds were changed or archived here and stay; ``hashes`` are of all, by id."""

    saved: Saved
    kept: int
    hashes: Mapping[str, str]


def plant(
    session: Session, entries: Sequence[Entry], before: Mapping[str, str], now: datetime
) -> Planted:
    """Takes in seeds that are new or have changed.

    Args:
        before: content hashes of the seeds taken in the last time, by id.
        now: timezone-aware.
    """
    hashes = {entry.id: content_hash(entry) for entry in entries}
    there = newest_of(session, Kind.ENTRY, list(hashes))
    changing = [e for e in entries if e.id not in there or there[e.id].content_hash != hashes[e.id]]
    mine = [e for e in changing if e.id not in there or _untouched(there[e.id], before.get(e.id))]
    saved = save_entries(session, mine, SEEDER, now, NOTE)
    approve_at_once(session, Kind.ENTRY, [e.id for e in mine], SEEDER, REVIEWER, now)
    return Planted(saved, len(changing) - len(mine), hashes)


def _untouched(newest: Newest, seed: str | None) -> bool:
    by_us = newest.author == SEEDER or newest.content_hash == seed
    return by_us and newest.status is not Status.ARCHIVED
