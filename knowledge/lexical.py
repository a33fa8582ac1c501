"""BM25 over a list of texts, with scores for every text at once.

The formula is the one Lucene uses, as bm25s has it; what is stored are plain arrays that may lie on
disk, so that millions of texts need no memory of their own.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix

from knowledge.postings import Inverted, Postings
from knowledge.terms import hashed, hashes

Analysis = Callable[[str], list[str]]
Scores = NDArray[np.float32]

POSTINGS = 400_000
"""How many postings a query may read: beyond that its commonest terms, which tell texts apart
least, are left out. No pool of a few thousand texts comes near it."""

_K1, _B = 1.5, 0.75


class Lexical:
    """A BM25 index.

    Attributes:
        size: how many texts there are.
        mean_length: terms a text, on average.
        rarest: the rarity of a term that no text has.
    """

    def __init__(self, inverted: Inverted) -> None:
        self._inverted = inverted
        self._texts, self._counts, self._starts = inverted.texts, inverted.counts, inverted.starts
        self.size = len(inverted.lengths)
        self.mean_length = float(inverted.lengths.mean(dtype=np.float64))
        self._flattened = self._flatten(inverted.lengths)
        self._rarity = _rarity(self.size, np.diff(inverted.starts)).astype(np.float32)
        self.rarest = float(_rarity(self.size, np.zeros(1))[0])

    @classmethod
    def build(cls, texts: Sequence[str], analysis: Analysis) -> "Lexical":
        """Indexes at least one text."""
        vocabulary = dict[str, int]()
        owners, terms = list[int](), list[int]()
        for number, text in enumerate(texts):
            found = [vocabulary.setdefault(term, len(vocabulary)) for term in analysis(text)]
            owners += [number] * len(found)
            terms += found
        postings = Postings()
        postings.add(
            np.array(owners, dtype=np.int64),
            np.array(terms, dtype=np.int64),
            np.ones(len(terms), dtype=np.int64),
            len(texts),
        )
        return cls(postings.inverted(hashes(vocabulary)))

    def scores(self, terms: Sequence[str]) -> Scores:
        """BM25 of every text, shape (size,). A term counts as often as it is given."""
        spans, weights, ends = list[slice](), list[np.float32](), [0]
        for span, weight in self._spans(terms):
            if ends[-1] >= POSTINGS:
                break
            spans.append(span)
            weights.append(weight)
            ends.append(ends[-1] + span.stop - span.start)
        if not spans:
            return np.zeros(self.size, dtype=np.float32)
        texts = np.concatenate([self._texts[span] for span in spans])
        counts = np.concatenate([self._counts[span] for span in spans]).astype(np.float32)
        counts /= self._flattened.take(texts) + counts
        columns = (counts, texts, np.array(ends, dtype=np.int32))
        found = csc_matrix(columns, shape=(self.size, len(spans)))
        scores: Scores = found @ np.array(weights, dtype=np.float32)
        return scores

    def holds(self, terms: Sequence[str], texts: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
        """Which of these texts has which term, shape (terms, texts)."""
        found = np.zeros((len(terms), len(texts)), dtype=bool)
        wanted = texts.astype(self._texts.dtype)  # or the search would copy the postings
        for row, column in zip(found, self._columns(terms), strict=True):
            if column < 0:
                continue
            postings = self._texts[self._starts[column] : self._starts[column + 1]]
            places = np.minimum(np.searchsorted(postings, wanted), len(postings) - 1)
            row[:] = postings[places] == wanted
        return found

    def score(self, text_terms: Sequence[str], terms: Sequence[str]) -> float:
        """BM25 a text would have with these terms, were it one of the pool."""
        inside = Counter(text_terms)
        flattened = float(self._flatten(np.float32(len(text_terms))))
        return sum(
            count * self.rarity(term) * inside[term] / (inside[term] + flattened)
            for term, count in Counter(terms).items()
            if term in inside
        )

    def rarity(self, term: str) -> float:
        """Inverse document frequency; of an unknown term the highest there is."""
        (column,) = self._columns((term,))
        return self.rarest if column < 0 else float(self._rarity[column])

    def ceiling(self, terms: Sequence[str]) -> float:
        """What a text can score at most, unknown terms included."""
        columns = self._columns(terms)
        known = columns[columns >= 0]
        return float(self._rarity[known].sum()) + self.rarest * (len(columns) - len(known))

    def sums(self, terms: NDArray[np.uint64]) -> Scores:
        """Of these terms (by their hashes) the rarities of those that a text has, added up."""
        sums = np.zeros(self.size)
        for column in self._found(terms).tolist():
            if column >= 0:
                sums[self._texts[self._starts[column] : self._starts[column + 1]]] += float(
                    self._rarity[column]
                )
        return sums.astype(np.float32)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for field in fields(Inverted):
            np.save(folder / f"{field.name}.npy", getattr(self._inverted, field.name))

    @classmethod
    def load(cls, folder: Path) -> "Lexical":
        return cls(load(folder))

    def _spans(self, terms: Sequence[str]) -> list[tuple[slice, np.float32]]:
        """Postings of the known terms with what they weigh, the rarest term first."""
        counted = Counter(terms)
        columns = self._columns(list(counted))
        known = [(c, n) for c, n in zip(columns.tolist(), counted.values(), strict=True) if c >= 0]
        spans = [
            (slice(int(self._starts[c]), int(self._starts[c + 1])), n * self._rarity[c])
            for c, n in known
        ]
        return sorted(spans, key=lambda span: span[0].stop - span[0].start)

    def _columns(self, terms: Sequence[str]) -> NDArray[np.int64]:
        return self._found(np.array([hashed(term) for term in terms], dtype=np.uint64))

    def _found(self, wanted: NDArray[np.uint64]) -> NDArray[np.int64]:
        terms = self._inverted.terms
        if not len(terms):
            return np.full(len(wanted), -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(terms, wanted), len(terms) - 1)
        return np.where(terms[places] == wanted, places, -1)

    def _flatten(self, lengths: Any) -> Any:
        return np.float32(_K1) * (1 - _B + _B * lengths / np.float32(max(self.mean_length, 1e-9)))


def load(folder: Path) -> Inverted:
    """What ``Lexical.save`` wrote; the postings stay on disk until they are read."""
    files = (folder / f"{field.name}.npy" for field in fields(Inverted))
    return Inverted(*(np.asarray(np.load(file, mmap_mode="r")) for file in files))


def _rarity(size: int, frequencies: NDArray[Any]) -> NDArray[np.float64]:
    return np.log1p((size - frequencies + 0.5) / (frequencies + 0.5))
