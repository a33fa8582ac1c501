"""What a snapshot says of itself, and whether its files are still those it was made of."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

FORMAT = 3
"""Of snapshots; one of another format is not opened."""

WHOLE = 4_000_000
"""Files up to so many bytes are read whole when a snapshot is opened."""

SAMPLES, SAMPLE = 32, 65_536
"""Of larger ones so many pieces of so many bytes, spread evenly, the first and last included."""

BLOCK = 4_000_000
MANIFEST = "manifest.json"


class SnapshotError(Exception):
    """A snapshot is missing, damaged or of another make; the message says what to do."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a snapshot: bytes, hash of all, hash of what is looked at when it is opened."""

    size: int
    sha256: str
    sample: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot consists of.

    Attributes:
        key: the same for the same entries, encoder, analysis and program.
        previous: the snapshot that was current when this one was made.
        encoder: folder under home, or name of a model, of the encoder.
        reached: shares at the answering threshold, see ``knowledge.calibrating``.
        program: see ``knowledge.snapshot.program``.
        since_calibration: how many entries changed since the thresholds were learnt.
        files: by path in the folder.
    """

    id: str
    made: str
    key: str
    previous: str | None
    entries: int
    encoder_name: str
    encoder: str
    instruction: str
    reached: Mapping[str, float]
    program: str
    since_calibration: int
    files: Mapping[str, File]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    content = {"format": FORMAT, **asdict(manifest)}
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text, encoding="utf-8")


def read_manifest(home: Path, snapshot_id: str) -> Manifest:
    """The manifest of a snapshot.

    Raises:
        SnapshotError: there is no such snapshot, or it was made by another version of Linli.
    """
    path = home / "snapshots" / snapshot_id / MANIFEST
    mend = "publish again with `linli setup`"
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if content.pop("format") != FORMAT:
            raise SnapshotError(f"snapshot {snapshot_id} was made by another version; {mend}")
        content["files"] = {name: File(**file) for name, file in content["files"].items()}
        return Manifest(**{field.name: content[field.name] for field in fields(Manifest)})
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise SnapshotError(f"snapshot {snapshot_id} cannot be read; {mend}") from error


def files_of(folder: Path) -> dict[str, File]:
    """Every file but the manifest itself."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {
        path.relative_to(folder).as_posix(): File(path.stat().st_size, whole(path), sample(path))
        for path in paths
    }


def damaged(folder: Path, manifest: Manifest, *, entirely: bool = False) -> list[str]:
    """Names of files that are missing or no longer what they were.

    Args:
        entirely: large files are read whole too, about a second for each gigabyte.
    """
    return [
        name for name, file in manifest.files.items() if not _same(folder / name, file, entirely)
    ]


def _same(path: Path, file: File, entirely: bool) -> bool:
    try:
        if path.stat().st_size != file.size:
            return False
        return whole(path) == file.sha256 if entirely else sample(path) == file.sample
    except OSError:
        return False


def whole(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def sample(path: Path) -> str:
    """Of a small file the hash of all."""
    size = path.stat().st_size
    if size <= WHOLE:
        return whole(path)
    digest = sha256(str(size).encode())
    with path.open("rb") as file:
        for number in range(SAMPLES):
            file.seek((size - SAMPLE) * number // (SAMPLES - 1))
            digest.update(file.read(SAMPLE))
    return digest.hexdigest()
