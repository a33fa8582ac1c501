"""The index of a pool: every wording and passage of every item, searched three ways at once.

BM25 over wordings finds who said it alike, BM25 over whole items finds what is about the same, the
encoder finds what means the same; among those found, it also counts which share of the words that
matter two questions have in common. The four are added up.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge import lexical, nearness
from knowledge.analysis import Analysed, analyse, matter
from knowledge.encoder import Encoder, Vectors
from knowledge.gathering import Item, Origin, gathered
from knowledge.lexical import Lexical
from knowledge.regathering import Known, regathered

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]

Progress = Callable[[str], None]

WORDINGS, MATTERS, VECTORS = "wordings", "matters", "vectors.faiss"
TEXTS, ORIGIN = "texts.npz", "origin.npz"

CANDIDATES = 64
"""How many each of the three ways proposes; only proposed items are compared in full."""

SPOKEN = np.array([0.1, 0.8, 2.2, 0.3], dtype=np.float32)
WRITTEN = np.array([1.0, 0.5, 1.0, 0.3], dtype=np.float32)
"""What each weighs for an item with questions, and for one of passages only; the first two are
shares of the best score, the others lie between 0 and 1. A question is asked in other words and
meaning decides; what a passage is asked for mostly stands in it, and its wording decides."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready for searching; ``vector`` has shape (1, dimension)."""

    analysed: Analysed
    vector: Vectors


@dataclass(frozen=True, slots=True)
class Ranking:
    """Items, the best first, with what speaks for each; all arrays have one length.

    ``wording`` and ``matter`` are BM25 as a share of what the query could reach at most;
    ``overlap`` is the share of content words, rare ones counting more, that the query and the
    nearest text have in common, among all that one of them has.
    """

    items: Numbers
    scores: NDArray[np.float32]
    wording: NDArray[np.float32]
    matter: NDArray[np.float32]
    cosine: NDArray[np.float32]
    overlap: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Allowed:
    """Items that may be found, and their texts."""

    items: Mask
    texts: nearness.Shown


class Index:
    """Built once, then only read; any number of threads may search it."""

    def __init__(
        self,
        wordings: Lexical,
        matters: Lexical,
        vectors: Any,
        starts: Numbers,
        weights: Vectors,
        contents: Vectors,
        origin: Origin | None = None,
    ) -> None:
        self.wordings = wordings
        self.matters = matters
        self.vectors = vectors
        self.starts = starts
        self.weights = weights
        self.contents = contents
        self.origin = origin
        self.owners = np.repeat(np.arange(len(starts) - 1), np.diff(starts))

    @classmethod
    def build(
        cls,
        items: Sequence[Item],
        encoder: Encoder,
        progress: Progress = lambda line: None,
        cache: Path | None = None,
    ) -> "Index":
        """Indexes at least one item; every item has at least one text.

        Args:
            cache: a folder that keeps what was worked out about the texts for the next time.
        """
        return cls(**gathered(items, encoder, progress, cache))

    @classmethod
    def again(
        cls,
        folder: Path,
        places: Numbers,
        fresh: Mapping[int, Item],
        encoder: Encoder,
        progress: Progress = lambda line: None,
        cache: Path | None = None,
    ) -> "Index | None":
        """What ``build`` makes of items most of which are those of a saved index.

        Args:
            folder: where that lies.
            places: of each item there, -1 for those that are not there; they rise.
            fresh: these, by number.

        Returns:
            None where the cache no longer has what is needed.
        """
        known = Known(
            lexical.load(folder / WORDINGS),
            lexical.load(folder / MATTERS),
            *_texts_of(folder),
            Origin.load(folder / ORIGIN),
        )
        found = regathered(known, places, fresh, encoder, progress, cache)
        return None if found is None else cls(**found)

    def query(self, text: str, encoder: Encoder) -> Query:
        return Query(analyse(text), encoder.encode_queries([text]))

    def only(self, allowed: Mask) -> Allowed:
        """Of items, shape (items,), those that may be found; worth keeping for many searches."""
        return Allowed(allowed, nearness.Shown(allowed[self.owners]))

    def rank(
        self,
        query: Query,
        allowed: Allowed | None = None,
        *,
        without: int | None = None,
        unseen: tuple[int, str] | None = None,
    ) -> Ranking:
        """Compares the query with every allowed item.

        Args:
            allowed: whatever is not allowed counts as not there at all.
            without: one item that is not allowed either.
            unseen: a text (by number) to be treated as not there, and its item's other texts.
        """
        wordings = self.wordings.scores(query.analysed.runs)
        matters = self.matters.scores(query.analysed.matter)
        if allowed is not None:
            wordings *= allowed.texts.mask
            matters *= allowed.items
        hidden = np.zeros(0, dtype=np.int64)
        if without is not None:
            hidden = np.arange(self.starts[without], self.starts[without + 1])
            matters[without] = 0
        if unseen is not None:
            number, rest = unseen
            hidden = np.array([number])
            matters[self.owners[number]] = self.matters.score(matter(rest), query.analysed.matter)
        wordings[hidden] = 0
        items = self._candidates(query, wordings, matters, allowed, hidden)
        if not len(items):
            return _NOTHING
        texts, begins = self._texts(items)
        cosines = self.vectors.reconstruct_batch(texts) @ query.vector[0] * self.weights[texts]
        overlaps = self._overlaps(query, texts)
        if unseen is not None:
            cosines[texts == unseen[0]] = -1
            overlaps[texts == unseen[0]] = 0
        return _ranking(
            items,
            wording=np.maximum.reduceat(wordings[texts], begins),
            matter=matters[items],
            cosine=np.maximum.reduceat(cosines, begins),
            overlap=np.maximum.reduceat(overlaps, begins),
            spoken=np.maximum.reduceat(self.weights[texts], begins) == 1,
            ceilings=(
                self.wordings.ceiling(query.analysed.runs),
                self.matters.ceiling(query.analysed.matter),
            ),
        )

    def spoken(self, items: Numbers) -> Mask:
        """Which items have questions; the others consist of passages alone."""
        found: Mask = self.weights[self.starts[items]] == 1
        return found

    def _texts(self, items: Numbers) -> tuple[Numbers, Numbers]:
        """Numbers of the items' texts, and where each item's begin among them."""
        starts, counts = self.starts[items], self.starts[items + 1] - self.starts[items]
        begins = np.cumsum(counts) - counts
        return np.arange(counts.sum()) + np.repeat(starts - begins, counts), begins

    def _overlaps(self, query: Query, texts: Numbers) -> Vectors:
        content = list(dict.fromkeys(query.analysed.content))
        rarity = np.array([self.wordings.rarity(term) for term in content], dtype=np.float32)
        shared = rarity @ self.wordings.holds(content, texts)
        either = rarity.sum() + self.contents[texts] - shared
        overlaps: Vectors = (shared / np.maximum(either, 1e-9)).astype(np.float32)
        return overlaps

    def _candidates(
        self,
        query: Query,
        wordings: Vectors,
        matters: Vectors,
        allowed: Allowed | None,
        hidden: Numbers,
    ) -> Numbers:
        """Items proposed by any of the three ways, in order of their numbers."""
        shown = allowed.texts if allowed is not None else None
        wanted = min(CANDIDATES + len(hidden), len(self.owners))
        close = nearness.near(self.vectors, query.vector, wanted, shown)
        close = close[~np.isin(close, hidden)]
        return np.unique(
            np.concatenate([highest(matters), self.owners[highest(wordings)], self.owners[close]])
        )

    def save(self, folder: Path) -> None:
        self.wordings.save(folder / WORDINGS)
        self.matters.save(folder / MATTERS)
        faiss.write_index(self.vectors, str(folder / VECTORS))
        np.savez(folder / TEXTS, starts=self.starts, weights=self.weights, contents=self.contents)
        if self.origin is not None:
            self.origin.save(folder / ORIGIN)

    @classmethod
    def load(cls, folder: Path) -> "Index":
        texts = np.load(folder / TEXTS, allow_pickle=False)
        return cls(
            wordings=Lexical.load(folder / WORDINGS),
            matters=Lexical.load(folder / MATTERS),
            vectors=nearness.load(folder / VECTORS),
            starts=texts["starts"],
            weights=texts["weights"],
            contents=texts["contents"],
        )


def _texts_of(folder: Path) -> tuple[Numbers, Vectors]:
    with np.load(folder / TEXTS, allow_pickle=False) as texts:
        return texts["starts"], texts["weights"]


def _ranking(
    items: Numbers,
    *,
    wording: Vectors,
    matter: Vectors,
    cosine: Vectors,
    overlap: Vectors,
    spoken: Mask,
    ceilings: tuple[float, float],
) -> Ranking:
    said, about = (found / max(float(found.max()), 1e-9) for found in (wording, matter))
    weights = np.where(spoken[:, None], SPOKEN, WRITTEN)
    scores = (weights * np.column_stack([said, about, cosine, overlap])).sum(axis=1)
    order = np.argsort(-scores, kind="stable")
    return Ranking(
        items=items[order],
        scores=scores[order],
        wording=wording[order] / np.float32(max(ceilings[0], 1e-9)),
        matter=matter[order] / np.float32(max(ceilings[1], 1e-9)),
        cosine=cosine[order],
        overlap=overlap[order],
    )


def highest(scores: Vectors, count: int = CANDIDATES) -> Numbers:
    """Numbers of the highest scores above zero, in any order.

    The highest of many lie in the blocks that have the highest.
    """
    numbers = np.arange(len(scores))
    blocks = len(scores) // count
    if blocks > count:
        tops = scores[: blocks * count].reshape(count, blocks).max(axis=0)
        best = np.argpartition(-tops, count)[:count]
        rest = np.arange(blocks * count, len(scores))
        numbers = np.concatenate([(best + blocks * np.arange(count)[:, None]).ravel(), rest])
    if len(numbers) > count:
        numbers = numbers[np.argpartition(-scores[numbers], count)[:count]]
    return numbers[scores[numbers] > 0]


_EMPTY = np.zeros(0, dtype=np.float32)
_NOTHING = Ranking(np.zeros(0, dtype=np.int64), _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY)
