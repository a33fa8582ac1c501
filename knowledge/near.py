"""Questions that ask the same as others, found among very many.

Rare pairs of characters propose whom to compare, so the time grows with the number of questions
and not with its square. Compared are the words that matter, rare ones counting more, and what an
encoder, where there is one, makes of both.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.analysis import analyse, plain

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to rows of length 1."""

SAID, MEANT = 0.5, 0.63
"""From when on two questions count as alike: by their words alone; by the mean of that and the
cosine. Of the 369 seed questions, all different, 15 and 10 have another one that is so near."""

PROPOSED = 8
"""How many are compared in full with each question."""

POSTINGS = 3000
"""How many mentions of its rare pairs are looked at for each question."""


@dataclass(frozen=True, slots=True)
class Near:
    """A question like the one asked; ``alike`` between 0 and 1."""

    id: str
    question: str
    alike: float


def near(
    asked: Mapping[str, str], known: Mapping[str, str], encode: Encode | None = None
) -> dict[str, list[Near]]:
    """For each of the questions asked those known that ask the same, the most alike first.

    Args:
        asked: questions by id. One with the same id among the known is not its neighbour.
        known: questions by id, those asked included.
    """
    pool = _Pool(known)
    pairs = [(id, other) for id, text in asked.items() for other in pool.proposed(id, text)]
    said = {pair: pool.shared(asked[pair[0]], known[pair[1]]) for pair in pairs}
    if encode is None:
        scores, enough = said, SAID
    else:
        meant = _cosines([(asked[id], known[other]) for id, other in pairs], encode)
        scores = {pair: (said[pair] + meant[n]) / 2 for n, pair in enumerate(pairs)}
        enough = MEANT
    found: dict[str, list[Near]] = {}
    for (id, other), score in scores.items():
        if score >= enough:
            found.setdefault(id, []).append(Near(other, known[other], round(float(score), 2)))
    return {id: sorted(alike, key=lambda near: -near.alike) for id, alike in found.items()}


class _Pool:
    """Questions by the pairs of characters in them."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.ids = list(known)
        self.numbers: dict[str, int] = {}
        terms, owners = list[int](), list[int]()
        for owner, text in enumerate(known.values()):
            for term in set(plain(text)):
                terms.append(self.numbers.setdefault(term, len(self.numbers)))
                owners.append(owner)
        order = np.argsort(np.array(terms, dtype=np.int64), kind="stable")
        self.owners = np.array(owners, dtype=np.int64)[order]
        counts = np.bincount(np.array(terms, dtype=np.int64), minlength=len(self.numbers))
        self.starts = np.concatenate([[0], np.cumsum(counts)])
        self.counts = counts
        self._contents: dict[str, frozenset[str]] = {}
        self._weights: dict[str, float] = {}

    def proposed(self, id: str, text: str) -> list[str]:
        """Ids of those that share the rarest pairs with a question, its own left out."""
        numbers = (self.numbers[t] for t in set(plain(text)) if len(t) > 1 and t in self.numbers)
        parts, weights, left = list[NDArray[np.int64]](), list[NDArray[np.float64]](), POSTINGS
        for number in sorted(numbers, key=lambda n: int(self.counts[n])):
            if left <= 0:
                break
            part = self.owners[self.starts[number] : self.starts[number + 1]][:left]
            left -= len(part)
            parts.append(part)
            weights.append(np.full(len(part), self._rarity(int(self.counts[number]))))
        if not parts:
            return []
        owners, places = np.unique(np.concatenate(parts), return_inverse=True)
        scores = np.bincount(places, weights=np.concatenate(weights))
        if len(scores) > PROPOSED + 1:
            top = np.argpartition(-scores, PROPOSED)[: PROPOSED + 1]
            owners, scores = owners[top], scores[top]
        best = owners[np.argsort(-scores, kind="stable")]
        return [self.ids[n] for n in best if self.ids[n] != id][:PROPOSED]

    def shared(self, one: str, other: str) -> float:
        """Which share of the words of either both have, rare ones counting more."""
        ours, theirs = self._content(one), self._content(other)
        either = sum(map(self._weight, ours | theirs))
        return sum(map(self._weight, ours & theirs)) / either if either else 0.0

    def _content(self, text: str) -> frozenset[str]:
        content = self._contents.get(text)
        if content is None:
            content = self._contents[text] = frozenset(analyse(text).content)
        return content

    def _weight(self, word: str) -> float:
        """A word is as rare as the rarest of its pairs; one that stands for synonyms, and is
        perhaps nowhere written, as a middling one."""
        weight = self._weights.get(word)
        if weight is None:
            terms = plain(word.removeprefix("="))
            known = [int(self.counts[self.numbers[t]]) for t in terms if t in self.numbers]
            middling = math.isqrt(len(self.ids))
            weight = self._rarity(min(known) if len(known) == len(terms) else middling)
            self._weights[word] = weight
        return weight

    def _rarity(self, count: int) -> float:
        return math.log1p((len(self.ids) - count + 0.5) / (count + 0.5))


def _cosines(pairs: Sequence[tuple[str, str]], encode: Encode) -> NDArray[np.float32]:
    texts = list(dict.fromkeys(text for pair in pairs for text in pair))
    if not texts:
        return np.zeros(0, dtype=np.float32)
    rows, places = encode(texts), {text: place for place, text in enumerate(texts)}
    ours = rows[[places[one] for one, _ in pairs]]
    theirs = rows[[places[other] for _, other in pairs]]
    cosines: NDArray[np.float32] = (ours * theirs).sum(axis=1)
    return cosines
