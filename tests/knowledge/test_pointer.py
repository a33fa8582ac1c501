from pathlib import Path

import pytest

from knowledge.manifest import SnapshotError
from knowledge.pointer import alone, current_id, discard, prune, readable, rollback, status, switch
from tests.knowledge.corpus import ENTRIES, LIBRARY
from tests.knowledge.shelves import MOVED, answer, publish


def test_rollback_goes_back_one_snapshot_and_no_further(tmp_path: Path) -> None:
    first = publish(tmp_path)
    publish(tmp_path, [MOVED, *ENTRIES[2:]], minutes=5)
    assert answer(tmp_path) == MOVED.answer
    assert rollback(tmp_path) == first
    assert answer(tmp_path) == LIBRARY.answer
    with pytest.raises(SnapshotError, match="no earlier snapshot"):
        rollback(tmp_path)


def test_rollback_goes_to_any_snapshot_that_is_there(tmp_path: Path) -> None:
    made = [publish(tmp_path, ENTRIES[:n], minutes=n) for n in (1, 2, 3)]
    assert rollback(tmp_path, made[0].id) == made[0]
    assert rollback(tmp_path, made[2].id) == made[2]
    with pytest.raises(SnapshotError, match="no-such: no such snapshot"):
        rollback(tmp_path, "no-such")
    assert current_id(tmp_path) == made[2].id


@pytest.mark.parametrize("kept", [2, 3, 9])
def test_old_snapshots_go_but_never_the_current_and_the_one_before(
    tmp_path: Path, kept: int
) -> None:
    made = [publish(tmp_path, ENTRIES[: n + 1], minutes=n).id for n in range(4)]
    switch(tmp_path, made[1])  # whose previous is the oldest
    prune(tmp_path, kept)
    there = status(tmp_path).snapshots
    assert {made[0], made[1]} <= set(there)
    assert len(there) == min(max(kept, 2), 4)
    assert set(there) - {made[0], made[1]} <= set(made[2:][-2:])


def test_the_current_snapshot_is_not_discarded(tmp_path: Path) -> None:
    first = publish(tmp_path)
    second = publish(tmp_path, ENTRIES[:2], minutes=1)
    discard(tmp_path, second.id)
    assert status(tmp_path).current == second
    discard(tmp_path, first.id)
    assert status(tmp_path).snapshots == (second.id,)


def test_a_snapshot_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    manifest = publish(tmp_path)
    assert readable(tmp_path) == manifest
    (tmp_path / "snapshots" / manifest.id / "manifest.json").write_text("{")
    assert readable(tmp_path) is None


def test_two_do_not_publish_at_once(tmp_path: Path) -> None:
    class WouldWait(Exception):
        pass

    def wait() -> None:
        raise WouldWait

    with alone(tmp_path), pytest.raises(WouldWait), alone(tmp_path, wait):
        pass
    with alone(tmp_path, wait):
        pass
