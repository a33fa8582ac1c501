"""Snapshots: an immutable folder for each state of the knowledge.

``<home>/snapshots/<id>/`` holds entries, index, thresholds and a manifest with hashes of every
file. It is written under another name and renamed, so a folder with an id is whole.
"""

import json
import os
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge import calibrating
from knowledge.analyses import binding
from knowledge.analysis import analyse
from knowledge.calibrating import Sayings
from knowledge.confidence import UNSURE, Calibration
from knowledge.encoder import Encoder, EncoderError, load_encoder
from knowledge.entry import Entry
from knowledge.entry_file import EntryFile
from knowledge.index import Index
from knowledge.manifest import (
    FORMAT,
    Manifest,
    SnapshotError,
    damaged,
    files_of,
    write_manifest,
)
from knowledge.pointer import readable, status
from knowledge.scope import Scope
from knowledge.search import Searcher, items_of
from knowledge.stock import Stock

CALIBRATED_FOR = 0.001
"""Thresholds are taken over from the snapshot before until more than this share of the entries has
changed since they were learnt."""

ALIKE = 0.8
"""An index is changed rather than built where at least this share of the entries is in it."""

ELSEWHERE = "index/vectors.faiss"
"""The file of which nothing is taken over: vectors come from the cache."""

Progress = Callable[[str], None]


def build(
    entries: Sequence[Entry],
    home: Path,
    encoder: Encoder,
    now: datetime,
    *,
    sayings: Sayings | None = None,
    progress: Progress = lambda line: None,
) -> Manifest:
    """Builds a snapshot of the entries; residents get it after ``switch``.

    The current one is given back when it has the same entries, encoder, analysis and program.

    Args:
        now: timezone-aware; goes into the id.
        sayings: what is said that is no question; Linli's own by default.
    """
    current = readable(home)
    stock = entries if isinstance(entries, Stock) else Stock.of(entries, known_entries(home))
    folder = home / "snapshots"
    folder.mkdir(parents=True, exist_ok=True)
    building = folder / f".building.{os.getpid()}.{threading.get_ident()}"
    shutil.rmtree(building, ignore_errors=True)
    try:
        key = _key(stock, encoder)
        if current is not None and current.key == key:
            return current
        building.mkdir()
        stock.save(building)
        calibration, reached, since = _write(
            stock, building, home, encoder, current, sayings, progress
        )
        (building / "calibration.json").write_text(
            json.dumps(calibration.to_json(), indent=1), encoding="utf-8"
        )
        manifest = Manifest(
            id=_free_id(folder, f"{now:%Y%m%dT%H%M%S}-{key[:8]}"),
            made=now.isoformat(),
            key=key,
            previous=current.id if current else None,
            entries=len(stock),
            encoder_name=encoder.name,
            encoder=_reference(home, encoder.source),
            instruction=encoder.instruction,
            reached=reached,
            program=program(),
            since_calibration=since,
            files=files_of(building),
        )
        write_manifest(building, manifest)
        building.rename(folder / manifest.id)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return manifest


def known_entries(home: Path) -> EntryFile | None:
    """The entries of the current snapshot, for a ``Stock`` of the next one.

    None where there is none of this version, or a file of it is not what it was.
    """
    current = readable(home)
    if current is None or current.program != program():
        return None
    files = {name: file for name, file in current.files.items() if name != ELSEWHERE}
    folder = home / "snapshots" / current.id
    if not current.entries or damaged(folder, replace(current, files=files), entirely=True):
        return None
    return EntryFile(folder)


def open_current(home: Path, encoder: Encoder | None = None) -> Searcher:
    """A searcher over the current snapshot.

    Args:
        encoder: already loaded; used where it is the snapshot's own.

    Raises:
        SnapshotError: nothing is published, or the snapshot is damaged.
        EncoderError: its encoder cannot be loaded.
    """
    current = status(home).current
    if current is None:
        raise SnapshotError(f"nothing is published in {home}; run `linli knowledge publish`")
    return open_snapshot(home, current, encoder)


def open_snapshot(home: Path, manifest: Manifest, encoder: Encoder | None = None) -> Searcher:
    """A searcher over one snapshot, its files checked against their hashes first."""
    folder = home / "snapshots" / manifest.id
    if wrong := damaged(folder, manifest):
        raise SnapshotError(
            f"snapshot {manifest.id}: {', '.join(wrong)} damaged or missing; "
            "run `linli knowledge rollback`, or publish again"
        )
    if encoder is None or encoder.name != manifest.encoder_name:
        encoder = encoder_of(home, manifest)
    analyse("")  # loads the word lists, so that the first question need not wait for them
    try:
        calibration = _calibration(folder)
    except KeyError as error:
        raise SnapshotError(
            f"snapshot {manifest.id} was made by another version; run `linli setup`"
        ) from error
    return Searcher(
        entries=EntryFile(folder),
        index=Index.load(folder / "index") if manifest.entries else None,
        encoder=encoder,
        calibration=calibration,
        scope=Scope.load(folder / "scope.npz"),
    )


def encoder_of(home: Path, manifest: Manifest) -> Encoder:
    """The encoder a snapshot was built with.

    Raises:
        EncoderError: it cannot be loaded, or another one lies in its place.
    """
    folder = home / manifest.encoder
    model = folder if folder.exists() else manifest.encoder
    encoder = load_encoder(model, manifest.instruction)
    if encoder.name != manifest.encoder_name:
        raise EncoderError(
            f"snapshot {manifest.id} needs encoder {manifest.encoder_name}, but {model} is "
            f"{encoder.name}; publish again"
        )
    return encoder


@cache
def program() -> str:
    """A hash of what decides how a snapshot is made; another one is published anew."""
    digest = sha256(f"{FORMAT}|{binding()}".encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def changed_since(entries: EntryFile | Stock, home: Path, before: Manifest) -> NDArray[np.int64]:
    """Numbers of the entries that are not in a snapshot, or were otherwise there."""
    try:
        known = EntryFile(home / "snapshots" / before.id).digests
    except (OSError, ValueError):  # damaged
        return np.arange(len(entries))
    return np.flatnonzero(~np.isin(entries.digests, known))


def _write(
    stock: Stock,
    folder: Path,
    home: Path,
    encoder: Encoder,
    current: Manifest | None,
    sayings: Sayings | None,
    progress: Progress,
) -> tuple[Calibration, dict[str, float], int]:
    """Index and scope; gives back the thresholds, what they reach and how old they are."""
    known = stock.known if _is_alike(stock) else None
    scope = (
        Scope.of(stock)
        if known is None
        else Scope.load(known.folder / "scope.npz").changed(stock.places, stock.fresh)
    )
    scope.save(folder / "scope.npz")
    if not stock:
        return UNSURE, {}, 0
    index = None
    if known is not None:
        fresh = dict(zip(stock.fresh, items_of([*stock.fresh.values()]), strict=True))
        index = Index.again(
            known.folder / "index", stock.places, fresh, encoder, progress, home / "cache"
        )
    if index is None:
        index = Index.build(items_of(stock), encoder, progress, home / "cache")
    index.save(folder / "index")
    if current is not None and (changed := _changed(stock, home, current, encoder)):
        progress(f"thresholds taken over: {changed} entries changed since they were learnt")
        return _calibration(home / "snapshots" / current.id), dict(current.reached), changed
    sayings = calibrating.own_sayings() if sayings is None else sayings
    calibration, reached = calibrating.calibrate(stock, index, encoder, sayings, progress)
    return calibration, reached, 0


def _is_alike(stock: Stock) -> bool:
    """Whether it has so much in common with what it knows that this is worth changing."""
    kept = stock.places[stock.places >= 0]
    return 0 < len(kept) >= ALIKE * len(stock) and bool((np.diff(kept) > 0).all())


def _changed(entries: Stock, home: Path, current: Manifest, encoder: Encoder) -> int:
    """How many changed since the current thresholds were learnt; 0 where they no longer hold."""
    if (current.encoder_name, current.program) != (encoder.name, program()):
        return 0
    changed = len(changed_since(entries, home, current))
    changed += current.since_calibration + max(current.entries - len(entries), 0)
    return changed if changed <= CALIBRATED_FOR * len(entries) else 0


def _calibration(folder: Path) -> Calibration:
    content = json.loads((folder / "calibration.json").read_text(encoding="utf-8"))
    return Calibration.from_json(content)


def _key(entries: Stock, encoder: Encoder) -> str:
    digest = sha256(entries.digests.tobytes())
    digest.update(f"|{encoder.name}|{program()}".encode())
    return digest.hexdigest()


def _free_id(folder: Path, wanted: str) -> str:
    """Ids are never used twice: a running copy may hold what lies under one."""
    taken = (f"{wanted}-{number}" for number in range(2, 1000))
    return (
        wanted
        if not (folder / wanted).exists()
        else next(name for name in taken if not (folder / name).exists())
    )


def _reference(home: Path, source: str) -> str:
    """A folder under home is told from there, so that home may be moved."""
    try:
        return Path(source).resolve().relative_to(home.resolve()).as_posix() if source else ""
    except ValueError:
        return source
