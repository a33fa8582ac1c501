from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from knowledge import calibrating, snapshot
from knowledge.encoder import StaticEncoder, random_rows
from knowledge.entry import Entry
from knowledge.search import Decision
from knowledge.snapshot import Manifest, Shelf, SnapshotError, open_current, rollback, status
from tests.knowledge.corpus import ENTRIES, LIBRARY, REGIONS, SAYINGS, TODAY, encoder

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MOVED = replace(LIBRARY, answer="图书馆搬到了云溪东路。带身份证到新馆二层服务台，当场领证。")


def publish(home: Path, entries: Sequence[Entry] = ENTRIES, minutes: int = 0) -> Manifest:
    now = NOW + timedelta(minutes=minutes)
    return snapshot.publish(entries, home, encoder(), now, sayings=SAYINGS)


def answer(home: Path) -> str:
    searcher = open_current(home, encoder())
    return searcher.find(LIBRARY.question, as_of=TODAY, regions=REGIONS).hits[0].entry.answer


def test_what_is_published_is_found(tmp_path: Path) -> None:
    manifest = publish(tmp_path)
    finding = open_current(tmp_path, encoder()).find(LIBRARY.question, as_of=TODAY, regions=REGIONS)
    assert finding.decision is Decision.ANSWER
    assert finding.hits[0].entry == LIBRARY
    assert status(tmp_path).current == manifest
    assert manifest.entries == len(ENTRIES)


def test_publishing_the_same_again_builds_nothing(tmp_path: Path) -> None:
    first = publish(tmp_path)
    assert publish(tmp_path, ENTRIES[::-1], minutes=5) == first
    assert status(tmp_path).snapshots == (first.id,)


def test_another_encoder_is_published_anew(tmp_path: Path) -> None:
    first = publish(tmp_path)
    other = StaticEncoder(random_rows(seed=9, count=4096, dimension=64), "other")
    second = snapshot.publish(ENTRIES, tmp_path, other, NOW, sayings=SAYINGS)
    assert second.key != first.key
    assert status(tmp_path).current == second


def test_rollback_goes_back_one_snapshot_and_no_further(tmp_path: Path) -> None:
    first = publish(tmp_path)
    publish(tmp_path, [MOVED, *ENTRIES[2:]], minutes=5)
    assert answer(tmp_path) == MOVED.answer
    assert rollback(tmp_path) == first
    assert answer(tmp_path) == LIBRARY.answer
    with pytest.raises(SnapshotError, match="no earlier snapshot"):
        rollback(tmp_path)


def test_a_failed_publish_leaves_the_old_snapshot_and_no_remains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(tmp_path)

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(calibrating, "calibrate", full)
    with pytest.raises(OSError, match="disk full"):
        publish(tmp_path, [MOVED], minutes=5)
    assert status(tmp_path).current == first
    assert sorted(path.name for path in (tmp_path / "snapshots").iterdir()) == [
        first.id,
        snapshot.POINTER,
    ]


def test_a_damaged_snapshot_is_not_opened(tmp_path: Path) -> None:
    manifest = publish(tmp_path)
    entries = tmp_path / "snapshots" / manifest.id / "entries.jsonl"
    entries.write_text(entries.read_text(encoding="utf-8") + " ", encoding="utf-8")
    with pytest.raises(SnapshotError, match=r"entries\.jsonl damaged or missing"):
        open_current(tmp_path, encoder())


def test_a_snapshot_of_another_version_is_not_opened(tmp_path: Path) -> None:
    manifest = publish(tmp_path)
    path = tmp_path / "snapshots" / manifest.id / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"format": 1', '"format": 0'))
    with pytest.raises(SnapshotError, match="another version"):
        open_current(tmp_path, encoder())


def test_nothing_published_is_told(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="nothing is published"):
        open_current(tmp_path)
    assert status(tmp_path).current is None


def test_an_empty_knowledge_base_can_be_published(tmp_path: Path) -> None:
    publish(tmp_path, [])
    finding = open_current(tmp_path, encoder()).find("借书", as_of=TODAY, regions=REGIONS)
    assert finding.decision is Decision.UNKNOWN


def test_a_shelf_opens_anew_only_when_the_pointer_moves(tmp_path: Path) -> None:
    saved = encoder()
    publish(tmp_path)
    shelf = Shelf(tmp_path, saved)
    first = shelf.searcher()
    assert shelf.searcher() is first
    publish(tmp_path, [MOVED, *ENTRIES[2:]], minutes=5)
    second = shelf.searcher()
    assert second is not first
    assert second.entry("library-card") == MOVED
    assert first.entry("library-card") == LIBRARY
    rollback(tmp_path)
    assert shelf.searcher().entry("library-card") == LIBRARY
