"""Publishing: an immutable folder for each state of the knowledge, and one pointer to the current.

``<home>/snapshots/<id>/`` holds entries, index, thresholds and a manifest with a hash of every
file. It is written under another name and renamed, so a folder with an id is whole. The pointer is
one small file, replaced in one step; going back is moving the pointer.
"""

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from knowledge import calibrating
from knowledge.analysis import analyse, fingerprint
from knowledge.calibrating import Sayings
from knowledge.confidence import UNSURE, Calibration
from knowledge.encoder import Encoder, EncoderError, load_encoder
from knowledge.entry import Entry, from_content, to_content
from knowledge.index import Index
from knowledge.search import Searcher, items_of
from knowledge.version import content_hashes

FORMAT = 1
POINTER = "current"

Progress = Callable[[str], None]


class SnapshotError(Exception):
    """A snapshot is missing, damaged or of another make; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot consists of.

    Attributes:
        key: the same for the same entries, encoder and analysis.
        previous: the snapshot that was current when this one was made.
        encoder: folder under home, or name of a model, of the encoder.
        reached: shares at the answering threshold, see ``knowledge.calibrating``.
        files: sha256 of every file, by its path in the folder.
    """

    id: str
    made: str
    key: str
    previous: str | None
    entries: int
    encoder_name: str
    encoder: str
    instruction: str
    reached: dict[str, float]
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class State:
    """What is published under a home; ``current`` is None where nothing is."""

    current: Manifest | None
    snapshots: tuple[str, ...]


def publish(
    entries: Sequence[Entry],
    home: Path,
    encoder: Encoder,
    now: datetime,
    *,
    sayings: Sayings | None = None,
    progress: Progress = lambda line: None,
) -> Manifest:
    """Builds a snapshot of the entries and makes it the current one.

    Nothing is built when the current one has the same entries, encoder and analysis.

    Args:
        now: timezone-aware; goes into the id.
        sayings: what is said that is no question; Linli's own by default.
    """
    entries = sorted(entries, key=lambda entry: entry.id)
    key = _key(entries, encoder)
    current = status(home).current
    if current is not None and current.key == key:
        progress(f"nothing changed since {current.id}")
        return current
    folder = home / "snapshots"
    folder.mkdir(parents=True, exist_ok=True)
    snapshot_id = f"{now:%Y%m%dT%H%M%S}-{key[:8]}"
    building = folder / f".{snapshot_id}.{os.getpid()}"
    shutil.rmtree(building, ignore_errors=True)
    try:
        building.mkdir()
        reached = _write(entries, building, encoder, sayings, progress)
        manifest = Manifest(
            id=snapshot_id,
            made=now.isoformat(),
            key=key,
            previous=current.id if current else None,
            entries=len(entries),
            encoder_name=encoder.name,
            encoder=_reference(home, encoder.source),
            instruction=encoder.instruction,
            reached=reached,
            files=_hashes(building),
        )
        _write_json(building / "manifest.json", {"format": FORMAT, **asdict(manifest)})
        shutil.rmtree(folder / snapshot_id, ignore_errors=True)
        building.rename(folder / snapshot_id)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    _point(home, snapshot_id)
    progress(f"published {len(entries)} entries as {snapshot_id}")
    return manifest


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
    """A searcher over one snapshot, every file checked against its hash first."""
    folder = home / "snapshots" / manifest.id
    found = _hashes(folder)
    wrong = sorted(name for name, digest in manifest.files.items() if found.get(name) != digest)
    if wrong:
        raise SnapshotError(
            f"snapshot {manifest.id}: {', '.join(wrong)} damaged or missing; "
            "run `linli knowledge rollback`, or publish again"
        )
    if encoder is None or encoder.name != manifest.encoder_name:
        encoder = encoder_of(home, manifest)
    analyse("")  # loads the word lists, so that the first question need not wait for them
    lines = (folder / "entries.jsonl").read_text(encoding="utf-8").splitlines()
    calibration = json.loads((folder / "calibration.json").read_text(encoding="utf-8"))
    return Searcher(
        entries=[from_content(json.loads(line)) for line in lines],
        index=Index.load(folder / "index") if lines else None,
        encoder=encoder,
        calibration=Calibration.from_json(calibration),
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


def rollback(home: Path) -> Manifest:
    """Makes the snapshot current that was so before the present one.

    Raises:
        SnapshotError: there is none before.
    """
    current = status(home).current
    if current is None or current.previous is None:
        raise SnapshotError("there is no earlier snapshot to go back to")
    earlier = read_manifest(home, current.previous)
    _point(home, earlier.id)
    return earlier


def status(home: Path) -> State:
    """What is published, and every snapshot there is, the oldest first."""
    folder = home / "snapshots"
    whole = sorted(path.parent.name for path in folder.glob("[!.]*/manifest.json"))
    current = current_id(home)
    return State(read_manifest(home, current) if current else None, tuple(whole))


def current_id(home: Path) -> str | None:
    """The id the pointer names; cheap enough to ask before every message."""
    try:
        return (home / "snapshots" / POINTER).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def read_manifest(home: Path, snapshot_id: str) -> Manifest:
    """The manifest of a snapshot.

    Raises:
        SnapshotError: there is no such snapshot, or it was made by another version of Linli.
    """
    path = home / "snapshots" / snapshot_id / "manifest.json"
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        made_as = content.pop("format")
        if made_as != FORMAT:
            raise SnapshotError(
                f"snapshot {snapshot_id} was made by another version; publish again"
            )
        return Manifest(**content)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SnapshotError(
            f"snapshot {snapshot_id} cannot be read ({error}); publish again"
        ) from error


class Shelf:
    """The current snapshot, opened again whenever the pointer has moved.

    A search that has begun goes on in the snapshot it began in.

    Args:
        encoder: already loaded; used while it is the snapshots' own.
    """

    def __init__(self, home: Path, encoder: Encoder | None = None) -> None:
        self._home = home
        self._encoder = encoder
        self._opening = threading.Lock()
        self._opened: tuple[str | None, Searcher] | None = None

    def searcher(self) -> Searcher:
        """Of the current snapshot; raises as ``open_current`` does."""
        wanted, opened = current_id(self._home), self._opened
        if opened is not None and opened[0] == wanted:
            return opened[1]
        with self._opening:
            if self._opened is None or self._opened[0] != wanted:
                searcher = open_current(self._home, self._encoder)
                self._encoder = searcher.encoder
                self._opened = (wanted, searcher)
            return self._opened[1]


def _write(
    entries: Sequence[Entry],
    folder: Path,
    encoder: Encoder,
    sayings: Sayings | None,
    progress: Progress,
) -> dict[str, float]:
    with (folder / "entries.jsonl").open("w", encoding="utf-8") as file:
        for entry in entries:
            file.write(json.dumps(to_content(entry), ensure_ascii=False) + "\n")
    calibration, reached = UNSURE, dict[str, float]()
    if entries:
        index = Index.build(items_of(entries), encoder, progress)
        index.save(folder / "index")
        sayings = calibrating.own_sayings() if sayings is None else sayings
        calibration, reached = calibrating.calibrate(entries, index, encoder, sayings, progress)
    _write_json(folder / "calibration.json", calibration.to_json())
    return reached


def _key(entries: Sequence[Entry], encoder: Encoder) -> str:
    parts = (str(FORMAT), content_hashes(entries), encoder.name, fingerprint())
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _reference(home: Path, source: str) -> str:
    """A folder under home is told from there, so that home may be moved."""
    try:
        return Path(source).resolve().relative_to(home.resolve()).as_posix() if source else ""
    except ValueError:
        return source


def _hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
        if path.name != "manifest.json"
    }


def _point(home: Path, snapshot_id: str) -> None:
    pointer = home / "snapshots" / POINTER
    fresh = pointer.with_name(f".{POINTER}.{os.getpid()}.{threading.get_ident()}")
    fresh.write_text(snapshot_id + "\n", encoding="utf-8")
    os.replace(fresh, pointer)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
