"""Turning lists of terms, text by text, into lists of texts, term by term."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

MOST = 255
"""A term counts at most so often in a text."""

Starts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Inverted:
    """Which texts have which term, and how often.

    Attributes:
        terms: hashes of the terms, in rising order.
        starts: where the postings of each term begin, and where the last ends.
        texts: numbers of the texts that have the term, in rising order.
        counts: how often it occurs there.
        lengths: terms of each text.
    """

    terms: NDArray[np.uint64]
    starts: Starts
    texts: NDArray[np.int32]
    counts: NDArray[np.uint8]
    lengths: NDArray[np.float32]

    def changed(
        self, moved: NDArray[np.int64], fresh: "Inverted", numbers: NDArray[np.int64]
    ) -> "Inverted":
        """That of other texts, of which some are the same and in the same order.

        Args:
            moved: the numbers that the texts here get, -1 for those that are gone.
            fresh: of the texts that were not here.
            numbers: theirs, in rising order.
        """
        lengths = np.zeros((moved >= 0).sum() + len(numbers), dtype=np.float32)
        lengths[moved[moved >= 0]] = self.lengths[moved >= 0]
        lengths[numbers] = fresh.lengths
        texts = moved.astype(np.int32)[self.texts]
        gone = np.flatnonzero(texts < 0)
        known = np.searchsorted(self.terms, fresh.terms)
        frequencies = np.diff(self.starts)
        lost = np.searchsorted(self.starts, gone, side="right") - 1
        left = frequencies - np.bincount(lost, minlength=len(frequencies))
        begins = np.concatenate([[0], np.cumsum(left)])
        texts, counts = np.delete(texts, gone), np.delete(self.counts, gone)
        added = numbers.astype(np.int32)[fresh.texts]
        same = np.append(self.terms, np.uint64(0))[known] == fresh.terms
        places = np.repeat(begins[known], np.diff(fresh.starts))
        for new, old in zip(np.flatnonzero(same).tolist(), known[same].tolist(), strict=True):
            ours = slice(fresh.starts[new], fresh.starts[new + 1])
            places[ours] += np.searchsorted(texts[begins[old] : begins[old + 1]], added[ours])
        terms, order = np.unique(np.concatenate([self.terms, fresh.terms]), return_inverse=True)
        every = np.zeros(len(terms), dtype=np.int64)
        every[order[: len(left)]] = left
        every[order[len(left) :]] += np.diff(fresh.starts)
        return Inverted(
            terms[every > 0],
            np.concatenate([[0], np.cumsum(every[every > 0])]).astype(np.int64),
            np.insert(texts, places, added),
            np.insert(counts, places, fresh.counts),
            lengths,
        )


@dataclass(frozen=True, slots=True)
class _Part:
    columns: NDArray[np.int64]
    starts: Starts
    texts: NDArray[np.int32]
    counts: NDArray[np.uint8]


class Postings:
    """Takes texts in, some at a time, in their order."""

    def __init__(self) -> None:
        self._parts: list[_Part] = []
        self._lengths: list[NDArray[np.float32]] = []
        self._size = 0

    def add(
        self,
        owners: NDArray[np.integer[Any]],
        terms: NDArray[np.integer[Any]],
        counts: NDArray[np.integer[Any]],
        size: int,
    ) -> None:
        """Takes in ``size`` texts more.

        Args:
            owners: whose term it is, the first of these texts being 0; in rising order.
            terms: numbers of terms; one that occurs twice in a text is added up.
            counts: how often each occurs; none that occurs 0 times is kept.
        """
        there = counts > 0
        owners, terms, counts = owners[there], terms[there], counts[there].astype(np.uint16)
        self._lengths.append(np.bincount(owners, counts, minlength=size).astype(np.float32))
        begins = np.concatenate([[0], np.cumsum(np.bincount(owners, minlength=size))])
        width = int(terms.max(initial=-1)) + 1
        matrix = csr_matrix((counts, terms, begins), shape=(size, width)).tocsc()
        columns = np.repeat(np.arange(width), np.diff(matrix.indptr))
        first = _changes(columns, matrix.indices)
        summed = np.add.reduceat(matrix.data, first) if len(first) else matrix.data
        used, places = np.unique(columns[first], return_index=True)
        self._parts.append(
            _Part(
                columns=used,
                starts=np.append(places, len(first)).astype(np.int64),
                texts=(matrix.indices[first] + self._size).astype(np.int32),
                counts=np.minimum(summed, MOST).astype(np.uint8),
            )
        )
        self._size += size

    def inverted(self, hashes: NDArray[np.uint64]) -> Inverted:
        """All that was taken in, which is let go of.

        Args:
            hashes: of the terms, by their numbers.
        """
        frequencies = np.zeros(len(hashes), dtype=np.int64)
        for part in self._parts:
            frequencies[part.columns] += np.diff(part.starts)
        used = np.flatnonzero(frequencies)
        used = used[np.argsort(hashes[used])]
        starts = np.concatenate([[0], np.cumsum(frequencies[used])]).astype(np.int64)
        following = np.zeros(len(hashes), dtype=np.int64)
        following[used] = starts[:-1]
        texts = np.empty(int(starts[-1]), dtype=np.int32)
        counts = np.empty(int(starts[-1]), dtype=np.uint8)
        while self._parts:
            part = self._parts.pop(0)
            lengths = np.diff(part.starts)
            places = np.arange(len(part.texts))
            places += np.repeat(following[part.columns] - part.starts[:-1], lengths)
            texts[places], counts[places] = part.texts, part.counts
            following[part.columns] += lengths
        return Inverted(hashes[used], starts, texts, counts, self._every_length())

    def _every_length(self) -> NDArray[np.float32]:
        return np.concatenate([np.zeros(0, dtype=np.float32), *self._lengths])


def _changes(columns: NDArray[Any], rows: NDArray[Any]) -> NDArray[np.int64]:
    """Where one of the two differs from the place before."""
    if not len(columns):
        return np.zeros(0, dtype=np.int64)
    other = (columns[1:] != columns[:-1]) | (rows[1:] != rows[:-1])
    return np.concatenate([[0], np.flatnonzero(other) + 1])
