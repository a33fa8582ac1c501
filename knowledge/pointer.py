"""The pointer to the snapshot that residents get, and the snapshots there are to point to.

The pointer is one small file, replaced in one step; going back is moving the pointer.
"""

import fcntl
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from knowledge.manifest import Manifest, SnapshotError, read_manifest

POINTER = "current"


@dataclass(frozen=True, slots=True)
class State:
    """What is published under a home; ``current`` is None where nothing is."""

    current: Manifest | None
    snapshots: tuple[str, ...]


def status(home: Path) -> State:
    """What is published, and every snapshot there is, the oldest first."""
    folder = home / "snapshots"
    whole = sorted(path.parent.name for path in folder.glob("[!.]*/manifest.json"))
    current = current_id(home)
    return State(read_manifest(home, current) if current else None, tuple(whole))


def readable(home: Path) -> Manifest | None:
    """The current snapshot, if there is one that this version can read."""
    try:
        return status(home).current
    except SnapshotError:
        return None


def current_id(home: Path) -> str | None:
    """The id the pointer names; cheap enough to ask before every message."""
    try:
        return (home / "snapshots" / POINTER).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


@contextmanager
def alone(home: Path, wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Nobody else builds or switches meanwhile; ``wait`` is called before waiting for them."""
    folder = home / "snapshots"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            wait()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def switch(home: Path, snapshot_id: str) -> None:
    """Makes a snapshot the current one."""
    pointer = home / "snapshots" / POINTER
    fresh = pointer.with_name(f".{POINTER}.{os.getpid()}.{threading.get_ident()}")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(snapshot_id + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, pointer)


def discard(home: Path, snapshot_id: str) -> None:
    """Removes a snapshot that is not the current one."""
    if snapshot_id != current_id(home):
        shutil.rmtree(home / "snapshots" / snapshot_id, ignore_errors=True)


def prune(home: Path, kept: int) -> list[str]:
    """Removes the oldest snapshots, never the current one nor the one before it.

    Args:
        kept: how many stay at least, with these two.

    Returns:
        The ids of those removed.
    """
    state = status(home)
    spared = {state.current.id, state.current.previous} if state.current else set[str | None]()
    others = [id for id in state.snapshots if id not in spared]
    room = max(kept - len(spared & set(state.snapshots)), 0)
    gone = others[: len(others) - room]
    for snapshot_id in gone:
        discard(home, snapshot_id)
    return gone


def rollback(home: Path, to: str | None = None) -> Manifest:
    """Makes an earlier snapshot current: by default the one from which the present one was made.

    Raises:
        SnapshotError: there is none before, or no such snapshot.
    """
    current = status(home).current
    if to is None:
        to = current.previous if current is not None else None
    if to is None:
        raise SnapshotError("there is no earlier snapshot to go back to")
    if to not in status(home).snapshots:
        raise SnapshotError(f"{to}: no such snapshot; `linli knowledge status` lists them")
    earlier = read_manifest(home, to)
    switch(home, earlier.id)
    return earlier
