"""Snapshots of the made-up knowledge base, published without a database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from knowledge import pointer, snapshot
from knowledge.entry import Entry
from knowledge.manifest import Manifest
from knowledge.snapshot import open_current
from tests.knowledge.corpus import ENTRIES, LIBRARY, REGIONS, SAYINGS, TODAY, encoder

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MOVED = replace(LIBRARY, answer="图书馆搬到了云溪东路。带身份证到新馆二层服务台，当场领证。")


def publish(home: Path, entries: Sequence[Entry] = ENTRIES, minutes: int = 0) -> Manifest:
    """Without a gate."""
    now = NOW + timedelta(minutes=minutes)
    manifest = snapshot.build(entries, home, encoder(), now, sayings=SAYINGS)
    pointer.switch(home, manifest.id)
    return manifest


def answer(home: Path) -> str:
    searcher = open_current(home, encoder())
    return searcher.find(LIBRARY.question, as_of=TODAY, regions=REGIONS).hits[0].entry.answer
