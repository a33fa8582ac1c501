"""What a snapshot is made of: entries in order of id, which know where a snapshot before has them.

Of a hundred thousand entries a few change at a time; the others are neither read nor worked out
again.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from knowledge.entry import Entry
from knowledge.entry_file import Digests, EntryFile, line_of, write_entries
from knowledge.version import content_hash

Numbers = NDArray[np.int64]


class Stock(Sequence[Entry]):
    """Entries, read when they are asked for where ``known`` has them.

    Args:
        known: the entries of a snapshot.
        places: of each entry among the known, -1 for those that are not; shape (entries,).
        fresh: the others, by number.

    Attributes:
        digests, marks: as those of ``EntryFile``.
    """

    def __init__(
        self, known: EntryFile | None, places: Numbers, fresh: Mapping[int, Entry]
    ) -> None:
        self.known, self.places, self.fresh = known, places, fresh
        new = list(fresh)
        self.digests = self._known("digests")
        self.digests[new] = digests_of(map(content_hash, fresh.values()))
        self.marks = self._known("marks")
        self.marks[new] = [mark(entry) for entry in fresh.values()]

    @classmethod
    def of(
        cls,
        entries: Iterable[Entry],
        known: EntryFile | None = None,
        kept: Iterable[tuple[str, int]] = (),
    ) -> "Stock":
        """Sorts entries by id, and finds out which of them are known.

        Args:
            kept: ids and places of known ones that belong to it as well.
        """
        given = list(entries)
        places = [-1] * len(given)
        if known is not None and len(known):
            places = known.find(digests_of(map(content_hash, given))).tolist()
        rows: list[tuple[str, int, Entry | None]] = [
            *((id, place, None) for id, place in kept),
            *((entry.id, place, entry) for entry, place in zip(given, places, strict=True)),
        ]
        rows.sort(key=itemgetter(0))
        fresh = {n: e for n, (_, place, e) in enumerate(rows) if place < 0 and e is not None}
        return cls(known, np.array([place for _, place, _ in rows], dtype=np.int64), fresh)

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, number: int) -> Entry: ...

    @overload
    def __getitem__(self, number: slice) -> Sequence[Entry]: ...

    def __getitem__(self, number: int | slice) -> Entry | Sequence[Entry]:
        if isinstance(number, slice):
            return [self[n] for n in range(*number.indices(len(self)))]
        place = int(self.places[number])
        if place < 0 or self.known is None:
            return self.fresh[number % len(self)]
        return self.known[place]

    def save(self, folder: Path) -> None:
        """Writes what ``EntryFile`` reads."""
        lines = {number: line_of(entry) for number, entry in self.fresh.items()}
        lengths = np.zeros(len(self), dtype=np.int64)
        if self.known is not None:
            there = self.places >= 0
            lengths[there] = self.known.lengths()[self.places[there]]
        lengths[list(lines)] = [len(line) for line in lines.values()]
        write_entries(self._lines(lines), lengths, self.digests, self.marks, folder)

    def _lines(self, fresh: Mapping[int, bytes]) -> Iterator[bytes]:
        """Known ones that stand one behind the other are copied together."""
        breaks = np.flatnonzero((np.diff(self.places) != 1) | (self.places[:-1] < 0)) + 1
        for run in np.split(np.arange(len(self)), breaks) if len(self) else ():
            first, place = int(run[0]), int(self.places[run[0]])
            if place < 0 or self.known is None:
                yield fresh[first]
            else:
                yield self.known.lines(place, place + len(run))

    def _known(self, name: str) -> Digests:
        if self.known is None or not len(self.known):
            return np.zeros(len(self), dtype=np.uint64)
        column: Digests = getattr(self.known, name)
        return column[self.places]


def digests_of(hashes: Iterable[str]) -> Digests:
    """The first 64 bits of hashes in hexadecimal."""
    numbers = bytes.fromhex("".join(digest[:16] for digest in hashes))
    return np.frombuffer(numbers, dtype=">u8").astype(np.uint64)


def mark(entry: Entry) -> int:
    """Changes with the words that teach an encoder; 0 for a passage, which teaches it nothing."""
    if entry.quoted:
        return 0
    words = "\n".join((*entry.phrasings, entry.answer))
    return int(hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16], 16)
