"""What was worked out about texts, kept by their content, so that it is worked out only once.

A folder holds numbered segments, each one written under another name and renamed, so that a
segment with a number is whole. When there are many, or when most of what they hold is no longer
asked for, they are written anew as one.
"""

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
"""Shape (texts, 2): 128 bits of a hash."""

Numbers = NDArray[np.int64]
Columns = Mapping[str, NDArray[Any]]

SEGMENTS = 8
"""With more of them than this they are written anew as one."""

WASTE = 2.0
"""So many times the rows asked for last may be kept."""

BINDINGS = 2

CHUNK = 65_536
"""Rows that are copied at a time."""

_NUMBER = re.compile(r"\d{8}")


def keys_of(texts: Iterable[str]) -> Keys:
    """The same for the same text, on every machine."""
    digests = b"".join(
        blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts
    )
    return np.frombuffer(digests, dtype="<u8").reshape(-1, 2)


def bound(cache: Path, kind: str, to: str) -> Path:
    """The folder of what holds only as long as something else stays as it is.

    Args:
        to: names that; of each kind the ``BINDINGS`` used last are kept.
    """
    folder = cache / f"{kind}-{sha256(to.encode()).hexdigest()[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    os.utime(folder)
    others = sorted(cache.glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime)
    for path in others[:-BINDINGS]:
        shutil.rmtree(path)
    return folder


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows that were added together.

    ``columns`` have a row each, or, where there are ``starts``, the row ``n`` of every column is
    ``column[starts[n] : starts[n + 1]]``. ``extra`` belongs to no row.
    """

    keys: Keys
    columns: Columns
    starts: Numbers | None = None
    extra: Columns | None = None

    def files(self) -> dict[str, NDArray[Any]]:
        starts = {} if self.starts is None else {"starts": self.starts}
        extra = {f"extra-{name}": array for name, array in (self.extra or {}).items()}
        columns = {f"column-{name}": array for name, array in self.columns.items()}
        return {"keys": self.keys, **starts, **columns, **extra}


class Kept:
    """Rows by key, in a folder or, without one, in memory.

    A position is the number of a row; rows added later come behind those there are.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._segments: list[Segment] = []
        self._orders: list[Numbers] = []
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            for path in _numbered(folder):
                self._take_in(_read(path))

    @property
    def segments(self) -> Sequence[Segment]:
        return self._segments

    def __len__(self) -> int:
        return sum(len(segment.keys) for segment in self._segments)

    def find(self, keys: Keys) -> Numbers:
        """Positions of the rows, shape (keys,); -1 where there is none."""
        pools = [(segment.keys, order) for segment, order in self._ordered()]
        if len(keys) > CHUNK and len(pools) > 1:  # sorting all once is quicker then
            every = np.concatenate([kept for kept, _ in pools])
            pools = [(every, np.argsort(every[:, 0], kind="stable"))]
        found, begin = np.full(len(keys), -1, dtype=np.int64), 0
        for kept, order in pools:
            first = kept[:, 0][order]
            places = order[np.minimum(np.searchsorted(first, keys[:, 0]), len(order) - 1)]
            same = (kept[places] == keys).all(axis=1)
            found[same] = begin + places[same]
            begin += len(kept)
        return found

    def _ordered(self) -> Iterator[tuple[Segment, Numbers]]:
        return zip(self._segments, self._orders, strict=True)

    def missing(self, keys: Keys) -> Numbers:
        """Places of the keys that have no row yet, of equal ones only the first."""
        new = np.flatnonzero(self.find(keys) < 0)
        places: Numbers = np.sort(new[np.unique(keys[new, 0], return_index=True)[1]])
        return places

    def add(self, segment: Segment) -> None:
        """Keeps at least one row more, for good once this returns."""
        if self.folder is not None:
            last = max((int(path.name) for path in _numbered(self.folder)), default=0)
            segment = _written(segment, self.folder / f"{last + 1:08d}")
        self._take_in(segment)

    def rows(self, positions: Numbers, name: str) -> NDArray[Any]:
        """Rows of a column that has one for every key, in the order of the positions."""
        first = self._segments[0].columns[name]
        found = np.empty((len(positions), *first.shape[1:]), dtype=first.dtype)
        for segment, places, rows in self._by_segment(positions):
            found[places] = segment.columns[name][rows]
        return found

    def ragged(self, positions: Numbers) -> tuple[Numbers, dict[str, NDArray[Any]]]:
        """Where each row begins, and the columns' rows one behind the other."""
        lengths = np.zeros(len(positions), dtype=np.int64)
        parts = [
            (segment.columns, _starts(segment), places, rows)
            for segment, places, rows in self._by_segment(positions)
        ]
        for _, origins, places, rows in parts:
            lengths[places] = np.diff(origins)[rows]
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        empty = self._segments[0].columns if self._segments else {}
        columns = {name: np.empty(int(starts[-1]), dtype=a.dtype) for name, a in empty.items()}
        for kept, origins, places, rows in parts:
            target = spans(starts[:-1][places], lengths[places])
            origin = spans(origins[rows], lengths[places])
            for name, column in columns.items():
                column[target] = kept[name][origin]
        return starts, columns

    def tidy(self, used: Numbers) -> None:
        """Lets go of what is not among the positions, where that is worth it; they change."""
        few = len(self._segments) <= SEGMENTS and len(self) <= WASTE * len(used) + CHUNK
        if self.folder is None or few or not len(used):
            return
        used = np.unique(used)
        kept = _numbered(self.folder)
        fresh = self.folder / f"{int(kept[-1].name) + 1:08d}"
        segment = _written(self._gathered(used), fresh)
        for path in kept:
            shutil.rmtree(path)
        self._segments, self._orders = [], []
        self._take_in(segment)

    def _gathered(self, used: Numbers) -> Segment:
        keys = np.concatenate([segment.keys for segment in self._segments])[used]
        extras = [segment.extra or {} for segment in self._segments]
        extra = {name: np.concatenate([e[name] for e in extras]) for name in extras[0]}
        if self._segments[0].starts is None:
            columns = {name: self.rows(used, name) for name in self._segments[0].columns}
            return Segment(keys, columns, extra=extra)
        starts, columns = self.ragged(used)
        return Segment(keys, columns, starts, extra)

    def _take_in(self, segment: Segment) -> None:
        self._segments.append(segment)
        self._orders.append(np.argsort(segment.keys[:, 0], kind="stable"))

    def _by_segment(self, positions: Numbers) -> Iterator[tuple[Segment, Numbers, Numbers]]:
        """For every segment the places among the positions, and the rows within it."""
        begin = 0
        for segment in self._segments:
            end = begin + len(segment.keys)
            places = np.flatnonzero((positions >= begin) & (positions < end))
            if len(places):
                yield segment, places, positions[places] - begin
            begin = end


def _starts(segment: Segment) -> Numbers:
    if segment.starts is None:
        raise ValueError("rows of one length have no starts")
    return segment.starts


def spans(starts: Numbers, lengths: Numbers) -> Numbers:
    """All the numbers of the spans that begin there."""
    begins = np.cumsum(lengths) - lengths
    numbers: Numbers = np.arange(int(lengths.sum())) + np.repeat(starts - begins, lengths)
    return numbers


def _numbered(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if _NUMBER.fullmatch(path.name))


def _written(segment: Segment, folder: Path) -> Segment:
    building = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    for name, array in segment.files().items():
        np.save(building / f"{name}.npy", array)
    building.rename(folder)
    return _read(folder)


def _read(folder: Path) -> Segment:
    arrays = {path.stem: np.load(path, mmap_mode="r") for path in sorted(folder.glob("*.npy"))}

    def named(kind: str) -> dict[str, NDArray[Any]]:
        return {n.removeprefix(kind): array for n, array in arrays.items() if n.startswith(kind)}

    return Segment(
        np.array(arrays["keys"]), named("column-"), arrays.get("starts"), named("extra-") or None
    )
