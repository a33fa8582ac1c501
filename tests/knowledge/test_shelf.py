"""The switch under load: every answer belongs wholly to one snapshot, and none fails."""

import threading
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import pytest

from knowledge import shelf as shelf_module
from knowledge.entry import Entry
from knowledge.manifest import Manifest, SnapshotError
from knowledge.pointer import discard, prune, rollback, switch
from knowledge.search import Searcher
from knowledge.shelf import Shelf
from knowledge.snapshot import open_snapshot
from tests.knowledge.corpus import ENTRIES, LIBRARY, REGIONS, TODAY, encoder
from tests.knowledge.shelves import MOVED, publish


def test_a_shelf_opens_anew_only_when_the_pointer_moves(tmp_path: Path) -> None:
    publish(tmp_path)
    shelf = Shelf(tmp_path, encoder())
    first = shelf.searcher()
    assert shelf.searcher() is first
    publish(tmp_path, [MOVED, *ENTRIES[2:]], minutes=5)
    second = shelf.searcher()
    assert second is not first
    assert second.entry("library-card") == MOVED
    assert first.entry("library-card") == LIBRARY


def test_going_back_opens_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path)
    shelf = Shelf(tmp_path, encoder())
    first = shelf.searcher()
    publish(tmp_path, [MOVED, *ENTRIES[2:]], minutes=5)
    shelf.searcher()
    monkeypatch.setattr(shelf_module, "open_snapshot", None)
    rollback(tmp_path)
    assert shelf.searcher() is first


def test_others_go_on_in_the_snapshot_before_while_one_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path)
    shelf = Shelf(tmp_path, encoder())
    first = shelf.searcher()
    publish(tmp_path, [MOVED, *ENTRIES[2:]], minutes=5)
    begun, go_on = threading.Event(), threading.Event()

    def slowly(home: Path, manifest: Manifest, *given: object) -> Searcher:
        begun.set()
        assert go_on.wait(30)
        return open_snapshot(home, manifest, encoder())

    monkeypatch.setattr(shelf_module, "open_snapshot", slowly)
    opened = list[Searcher]()
    opener = threading.Thread(target=lambda: opened.append(shelf.searcher()))
    opener.start()
    assert begun.wait(30)
    assert shelf.searcher() is first
    go_on.set()
    opener.join()
    assert opened == [shelf.searcher()]
    assert opened[0] is not first


def test_a_snapshot_that_cannot_be_opened_leaves_the_one_before_answering(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    publish(tmp_path)
    shelf = Shelf(tmp_path, encoder())
    first = shelf.searcher()
    second = publish(tmp_path, [MOVED, *ENTRIES[2:]], minutes=5)
    (tmp_path / "snapshots" / second.id / "entries.jsonl").write_text("")
    assert [shelf.searcher() for _ in range(3)] == [first] * 3
    assert len(caplog.records) == 1
    third = publish(tmp_path, ENTRIES[:3], minutes=6)
    assert shelf.searcher().entry("seed-exchange") is None
    discard(tmp_path, third.id)
    switch(tmp_path, "gone")
    assert shelf.searcher().entry("seed-exchange") is None


@pytest.mark.parametrize("held", [True, False])
def test_one_pruned_while_it_is_opened_gives_way_to_the_one_that_is_current(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, held: bool
) -> None:
    publish(tmp_path)
    shelf = Shelf(tmp_path, encoder())
    if held:
        shelf.searcher()
    overtaken = publish(tmp_path, [MOVED, *ENTRIES[2:]], minutes=5)
    asked = list[str]()

    def too_late(home: Path, manifest: Manifest, *given: object) -> Searcher:
        asked.append(manifest.id)
        if manifest.id == overtaken.id:
            asked.append(publish(home, ENTRIES[:3], minutes=6).id)
            discard(home, overtaken.id)
        return open_snapshot(home, manifest, encoder())

    monkeypatch.setattr(shelf_module, "open_snapshot", too_late)
    found = shelf.searcher()
    assert found.entry("seed-exchange") is None
    assert found.entry("library-card") == LIBRARY
    assert shelf.searcher() is found
    assert asked == [overtaken.id, asked[-1], asked[-1]]
    assert caplog.records == []


def test_one_pruned_while_it_is_opened_is_not_missed_after_going_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    publish(tmp_path)
    shelf = Shelf(tmp_path, encoder())
    first = shelf.searcher()
    publish(tmp_path, [MOVED, *ENTRIES[2:]], minutes=5)

    def too_late(home: Path, manifest: Manifest, *given: object) -> Searcher:
        rollback(home)
        discard(home, manifest.id)
        return open_snapshot(home, manifest, encoder())

    monkeypatch.setattr(shelf_module, "open_snapshot", too_late)
    assert shelf.searcher() is first
    assert caplog.records == []


def test_with_nothing_open_the_fault_is_told(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    with pytest.raises(SnapshotError, match="nothing is published"):
        shelf.searcher()


def edition(number: int) -> list[Entry]:
    """All entries with an answer and a question that name the edition."""
    return [
        replace(e, id=f"{e.id}-{number}", answer=f"第{number}版：{e.answer}", tests=())
        for e in ENTRIES
    ]


def test_under_load_every_answer_belongs_wholly_to_one_snapshot(tmp_path: Path) -> None:
    """Four threads search while editions are published, pruned and rolled back."""
    publish(tmp_path, edition(0))
    shelf, stop, told = Shelf(tmp_path, encoder()), threading.Event(), threading.Condition()
    failures, answers = list[BaseException](), list[set[str]]()

    def search() -> None:
        try:
            for entry in cycle(ENTRIES):
                found = shelf.searcher().find(entry.question, as_of=TODAY, regions=REGIONS)
                hits = [hit.entry for hit in found.hits]
                assert hits[0].id.startswith(entry.id)
                assert all(e.answer.startswith(f"第{e.id.rpartition('-')[2]}版") for e in hits)
                with told:
                    answers.append({hit.id.rpartition("-")[2] for hit in hits})
                    told.notify_all()
                if stop.is_set():
                    return
        except BaseException as error:
            with told:
                failures.append(error)
                told.notify_all()

    def answered(number: int) -> None:
        """Returns when somebody has an answer of the edition that is current."""
        with told:
            begun = len(answers)
            assert told.wait_for(lambda: failures or {str(number)} in answers[begun:], 60)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        answered(0)
        for number in range(1, 5):
            publish(tmp_path, edition(number), minutes=number)
            answered(number)
            if number % 2 == 0:
                rollback(tmp_path)
                answered(number - 1)
            prune(tmp_path, 2)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert all(len(editions) == 1 for editions in answers)
    assert set().union(*answers) == set("01234")
