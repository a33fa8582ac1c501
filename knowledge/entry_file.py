"""The entries of a snapshot in a file, each read when it is asked for."""

import json
import mmap
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from knowledge.entry import Entry, from_content, to_content

LINES, PLACES = "entries.jsonl", "entries.npz"

Digests = NDArray[np.uint64]


class EntryFile(Sequence[Entry]):
    """Entries in the order in which they were written.

    The file stays readable for as long as this lives, even where it is removed meanwhile.

    Attributes:
        folder: where it lies.
        digests: of every entry's content, see ``knowledge.version.content_hash``; shape (entries,).
        marks: of the words an encoder learns from, see ``knowledge.stock.mark``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with np.load(folder / PLACES, allow_pickle=False) as arrays:
            self._starts: NDArray[np.int64] = arrays["starts"]
            self.digests: Digests = arrays["digests"]
            self.marks: Digests = arrays["marks"]
        with (folder / LINES).open("rb") as file:
            empty = len(self._starts) < 2
            self._lines = None if empty else mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, place: int) -> Entry: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Entry]: ...

    def __getitem__(self, place: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(place, slice):
            return [self[n] for n in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        place %= len(self)
        return from_content(json.loads(self.lines(place, place + 1)))

    def lines(self, first: int, last: int) -> bytes:
        """As they stand in the file, those of the entries from one to before another."""
        return self._lines[self._starts[first] : self._starts[last]] if self._lines else b""

    def lengths(self) -> NDArray[np.int64]:
        """Bytes of every entry's line."""
        return np.diff(self._starts)

    def find(self, digests: Digests) -> NDArray[np.int64]:
        """Places of the entries with these digests, -1 where there is none."""
        if not len(self):
            return np.full(len(digests), -1, dtype=np.int64)
        ordered = self.digests[self._order]
        places = self._order[np.minimum(np.searchsorted(ordered, digests), len(self) - 1)]
        return np.where(self.digests[places] == digests, places, -1)

    @cached_property
    def _order(self) -> NDArray[np.int64]:
        return np.argsort(self.digests, kind="stable")


def write_entries(
    lines: Iterable[bytes],
    lengths: NDArray[np.int64],
    digests: Digests,
    marks: Digests,
    folder: Path,
) -> None:
    """Writes what ``EntryFile`` reads.

    Args:
        lines: those of any number of consecutive entries each.
        lengths: bytes of every entry's line.
    """
    with (folder / LINES).open("wb") as file:
        file.writelines(lines)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    np.savez(folder / PLACES, starts=starts, digests=digests, marks=marks)


def line_of(entry: Entry) -> bytes:
    """The same for the same content, on every machine."""
    text = json.dumps(to_content(entry), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass") + b"\n"
