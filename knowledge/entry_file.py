"""The entries of a snapshot in a file, each read when it is asked for."""

import json
import mmap
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from knowledge.entry import Entry, from_content, to_content

LINES, PLACES = "entries.jsonl", "entries.npz"


class EntryFile(Sequence[Entry]):
    """Entries in the order in which they were written.

    The file stays readable for as long as this lives, even where it is removed meanwhile.

    Attributes:
        digests: a hash of every entry's content, shape (entries,).
    """

    def __init__(self, folder: Path) -> None:
        with np.load(folder / PLACES, allow_pickle=False) as arrays:
            self._starts: NDArray[np.int64] = arrays["starts"]
            self.digests: NDArray[np.uint64] = arrays["digests"]
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
        if not -len(self) <= place < len(self) or self._lines is None:
            raise IndexError(place)
        place %= len(self)
        line = self._lines[self._starts[place] : self._starts[place + 1]]
        return from_content(json.loads(line))


def write_entries(entries: Iterable[Entry], folder: Path) -> None:
    """Writes what ``EntryFile`` reads."""
    starts, digests = [0], list[bytes]()
    with (folder / LINES).open("wb") as file:
        for entry in entries:
            line = line_of(entry)
            file.write(line)
            starts.append(starts[-1] + len(line))
            digests.append(blake2b(line, digest_size=8).digest())
    np.savez(
        folder / PLACES,
        starts=np.array(starts, dtype=np.int64),
        digests=np.frombuffer(b"".join(digests), dtype="<u8"),
    )


def line_of(entry: Entry) -> bytes:
    """The same for the same content, on every machine."""
    text = json.dumps(to_content(entry), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass") + b"\n"
