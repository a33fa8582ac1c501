"""BM25 over a list of texts, by bm25s, with scores for every text at once."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray

Analysis = Callable[[str], list[str]]

POSTINGS = 400_000
"""How many postings a query may read: beyond that its commonest terms, which tell texts apart
least, are left out. No pool of a few thousand texts comes near it."""

_FORMULA = "lucene"
_K1, _B = 1.5, 0.75


class Lexical:
    """A BM25 index.

    Args:
        model: bm25s's index; its vocabulary maps terms to columns.
        mean_length: terms a text, on average.
    """

    def __init__(self, model: Any, analysis: Analysis, mean_length: float) -> None:
        self.analysis = analysis
        self.mean_length = mean_length
        self._model = model
        self._vocabulary: dict[str, int] = model.vocab_dict
        self._data: NDArray[np.float32] = model.scores["data"]
        self._texts: NDArray[np.int32] = model.scores["indices"]
        self._starts: NDArray[np.int64] = np.asarray(model.scores["indptr"], dtype=np.int64)
        self.size = int(model.scores["num_docs"])
        frequencies = np.diff(self._starts)
        self._rarity = _rarity(self.size, frequencies).astype(np.float32)
        self.rarest = float(_rarity(self.size, np.zeros(1))[0])

    @classmethod
    def build(cls, texts: Sequence[str], analysis: Analysis) -> "Lexical":
        """Indexes at least one text."""
        vocabulary: dict[str, int] = {}
        numbered = [
            [vocabulary.setdefault(term, len(vocabulary)) for term in analysis(text)]
            for text in texts
        ]
        vocabulary.setdefault("", len(vocabulary))
        model = bm25s.BM25(k1=_K1, b=_B, method=_FORMULA)
        tokens = bm25s.tokenization.Tokenized(ids=numbered, vocab=vocabulary)
        model.index(tokens, show_progress=False, create_empty_token=False)
        return cls(model, analysis, sum(map(len, numbered)) / len(numbered))

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """BM25 of every text, shape (size,). A term counts as often as it is given."""
        scores = np.zeros(self.size, dtype=np.float32)
        known = Counter(self._vocabulary[term] for term in terms if term in self._vocabulary)
        left = POSTINGS
        for column in sorted(known, key=lambda c: int(self._starts[c + 1] - self._starts[c])):
            if left <= 0:
                break
            start, end = self._starts[column], self._starts[column + 1]
            left -= int(end - start)
            scores[self._texts[start:end]] += np.float32(known[column]) * self._data[start:end]
        return scores

    def holds(self, terms: Sequence[str], texts: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
        """Which of these texts has which term, shape (terms, texts)."""
        found = np.zeros((len(terms), len(texts)), dtype=bool)
        for row, term in zip(found, terms, strict=True):
            column = self._vocabulary.get(term)
            if column is None or self._starts[column] == self._starts[column + 1]:
                continue
            postings = self._texts[self._starts[column] : self._starts[column + 1]]
            places = np.minimum(np.searchsorted(postings, texts), len(postings) - 1)
            row[:] = postings[places] == texts
        return found

    def score(self, text_terms: Sequence[str], terms: Sequence[str]) -> float:
        """BM25 a text would have with these terms, were it one of the pool."""
        inside, length = Counter(text_terms), len(text_terms)
        flattened = _K1 * (1 - _B + _B * length / self.mean_length)
        return sum(
            count * self.rarity(term) * inside[term] / (inside[term] + flattened)
            for term, count in Counter(terms).items()
            if term in inside
        )

    def rarity(self, term: str) -> float:
        """Inverse document frequency; of an unknown term the highest there is."""
        column = self._vocabulary.get(term)
        return self.rarest if column is None else float(self._rarity[column])

    def ceiling(self, terms: Sequence[str]) -> float:
        """What a text can score at most, unknown terms included."""
        return sum(self.rarity(term) for term in terms)

    def save(self, folder: Path) -> None:
        self._model.save(folder, show_progress=False)
        (folder / "mean_length.json").write_text(json.dumps(self.mean_length), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, analysis: Analysis) -> "Lexical":
        model = bm25s.BM25.load(folder, show_progress=False, verbosity=0)
        mean_length = json.loads((folder / "mean_length.json").read_text(encoding="utf-8"))
        return cls(model, analysis, mean_length)


def _rarity(size: int, frequencies: NDArray[Any]) -> NDArray[np.float64]:
    return np.log1p((size - frequencies + 0.5) / (frequencies + 0.5))
