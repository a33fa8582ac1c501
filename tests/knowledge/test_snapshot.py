from dataclasses import replace
from pathlib import Path

import pytest

from knowledge import calibrating, snapshot
from knowledge.encoder import StaticEncoder, random_rows
from knowledge.entry import Entry
from knowledge.entry_file import EntryFile
from knowledge.index import Index
from knowledge.manifest import SnapshotError, damaged
from knowledge.pointer import POINTER, status
from knowledge.search import Decision
from knowledge.snapshot import open_current
from tests.knowledge.corpus import ENTRIES, LIBRARY, REGIONS, SAYINGS, TODAY, encoder
from tests.knowledge.shelves import MOVED, NOW, publish


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
    second = snapshot.build(ENTRIES, tmp_path, other, NOW, sayings=SAYINGS)
    assert second.key != first.key
    assert second.id != first.id
    assert second.previous == first.id


def test_another_program_is_published_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = publish(tmp_path)
    monkeypatch.setattr(snapshot, "program", lambda: "newer")
    assert publish(tmp_path).id != first.id


def test_residents_get_what_is_built_only_after_the_switch(tmp_path: Path) -> None:
    first = publish(tmp_path)
    snapshot.build([MOVED], tmp_path, encoder(), NOW, sayings=SAYINGS)
    assert status(tmp_path).current == first


def test_a_failed_build_leaves_the_old_snapshot_and_no_remains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(tmp_path)

    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(calibrating, "calibrate", full)
    with pytest.raises(OSError, match="disk full"):
        publish(tmp_path, [MOVED], minutes=5)
    assert status(tmp_path).current == first
    left = sorted(path.name for path in (tmp_path / "snapshots").iterdir())
    assert left == [first.id, POINTER]


@pytest.mark.parametrize("name", ["entries.jsonl", "index/vectors.faiss", "scope.npz"])
def test_a_damaged_snapshot_is_not_opened(tmp_path: Path, name: str) -> None:
    path = tmp_path / "snapshots" / publish(tmp_path).id / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(SnapshotError, match=f"{name} damaged or missing"):
        open_current(tmp_path, encoder())


def test_a_snapshot_of_another_version_is_not_opened_but_published_again(tmp_path: Path) -> None:
    first = publish(tmp_path)
    path = tmp_path / "snapshots" / first.id / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"format": 3', '"format": 2'))
    with pytest.raises(SnapshotError, match="another version; publish again"):
        open_current(tmp_path, encoder())
    assert publish(tmp_path).id != first.id
    assert open_current(tmp_path, encoder()).entry("library-card") == LIBRARY


def test_nothing_published_is_told(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="nothing is published"):
        open_current(tmp_path)
    assert status(tmp_path).current is None


def test_an_empty_knowledge_base_can_be_published(tmp_path: Path) -> None:
    publish(tmp_path, [])
    finding = open_current(tmp_path, encoder()).find("借书", as_of=TODAY, regions=REGIONS)
    assert finding.decision is Decision.UNKNOWN


def test_thresholds_are_learnt_anew_once_enough_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(number: int) -> list[Entry]:
        return [replace(LIBRARY, answer=f"改了{number}次。"), *ENTRIES[2:]]

    first = publish(tmp_path, [LIBRARY, *ENTRIES[2:]])
    monkeypatch.setattr(snapshot, "CALIBRATED_FOR", 0.7)  # of three entries, two
    with monkeypatch.context() as patched:
        patched.setattr(calibrating, "calibrate", None)
        second = publish(tmp_path, changed(1))
        third = publish(tmp_path, changed(2))
    assert [first.since_calibration, second.since_calibration, third.since_calibration] == [0, 1, 2]
    assert third.reached == first.reached
    assert publish(tmp_path, changed(3)).since_calibration == 0


def test_little_changed_is_taken_over_from_the_snapshot_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path)
    monkeypatch.setattr(snapshot, "ALIKE", 0.5)
    with monkeypatch.context() as patched:
        patched.setattr(Index, "build", None)
        changed = publish(tmp_path, [MOVED, *ENTRIES[2:]], minutes=1)
    anew = publish(tmp_path / "other", [MOVED, *ENTRIES[2:]], minutes=1)
    wanted = {name: file.sha256 for name, file in anew.files.items()}
    assert {name: file.sha256 for name, file in changed.files.items()} == wanted


@pytest.mark.parametrize("name", ["entries.jsonl", "scope.npz", "index/wordings/texts.npy"])
def test_nothing_is_taken_over_from_a_damaged_snapshot(tmp_path: Path, name: str) -> None:
    first = publish(tmp_path)
    path = tmp_path / "snapshots" / first.id / name
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content)
    assert snapshot.known_entries(tmp_path) is None
    second = publish(tmp_path, [*ENTRIES[:3], replace(LIBRARY, id="zoo")], minutes=1)
    assert open_current(tmp_path, encoder()).entry("zoo") is not None
    assert damaged(tmp_path / "snapshots" / second.id, second, entirely=True) == []


def test_nothing_is_taken_over_from_another_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert snapshot.known_entries(tmp_path) is None
    publish(tmp_path)
    assert snapshot.known_entries(tmp_path) is not None
    monkeypatch.setattr(snapshot, "program", lambda: "newer")
    assert snapshot.known_entries(tmp_path) is None


def test_changed_entries_are_told_by_number(tmp_path: Path) -> None:
    first = publish(tmp_path)
    second = publish(tmp_path, [*ENTRIES[2:], MOVED, replace(LIBRARY, id="zoo")], minutes=1)
    entries = EntryFile(tmp_path / "snapshots" / second.id)
    numbers = snapshot.changed_since(entries, tmp_path, first)
    assert [entries[n].id for n in numbers.tolist()] == ["library-card", "zoo"]
