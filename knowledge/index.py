"""The index of a pool: every wording and passage of every item, searched three ways at once.

BM25 over wordings finds who said it alike, BM25 over whole items finds what is about the same, the
encoder finds what means the same; among those found, it also counts which share of the words that
matter two questions have in common. FAISS and bm25s do the searching, the four are added up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from knowledge.analysis import Analysed, analyse, matter, wording
from knowledge.encoder import Encoder, Vectors
from knowledge.lexical import Lexical

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]

CANDIDATES = 64
"""How many each of the three ways proposes; only proposed items are compared in full."""

WORDING, MATTER, MEANING, OVERLAP = 0.2, 0.8, 0.8, 0.3
"""What each weighs; the first two are shares of the best score, the others lie between 0 and 1."""

PASSAGE = 0.3
"""What a cosine with a passage weighs; one with a question, short as the query, weighs 1."""

ENCODE_BATCH = 1024


@dataclass(frozen=True, slots=True)
class Item:
    """Something to be found: ways to ask for it, and passages of what it says.

    ``body`` is all of it as one text, where that is not just the phrasings and passages joined.
    """

    phrasings: tuple[str, ...]
    passages: tuple[str, ...]
    body: str = ""


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
    ) -> None:
        self.wordings = wordings
        self.matters = matters
        self.vectors = vectors
        self.starts = starts
        self.weights = weights
        self.contents = contents
        self.owners = np.repeat(np.arange(len(starts) - 1), np.diff(starts))

    @classmethod
    def build(
        cls,
        items: Sequence[Item],
        encoder: Encoder,
        progress: Callable[[str], None] = lambda line: None,
    ) -> "Index":
        """Indexes at least one item; every item has at least one text."""
        texts = [text for item in items for text in (*item.phrasings, *item.passages)]
        counts = [len(item.phrasings) + len(item.passages) for item in items]
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        vectors = faiss.IndexFlatIP(encoder.dimension)
        for start in range(0, len(texts), ENCODE_BATCH):
            vectors.add(encoder.encode(texts[start : start + ENCODE_BATCH]))
            progress(f"encoded {min(start + ENCODE_BATCH, len(texts))} of {len(texts)} texts")
        wordings = Lexical.build(texts, wording)
        return cls(
            wordings=wordings,
            matters=Lexical.build([whole(item) for item in items], matter),
            vectors=vectors,
            starts=starts,
            weights=np.concatenate([_weights(item) for item in items]),
            contents=np.array(
                [wordings.ceiling(list(dict.fromkeys(analyse(text).content))) for text in texts],
                dtype=np.float32,
            ),
        )

    def query(self, text: str, encoder: Encoder) -> Query:
        return Query(analyse(text), encoder.encode_queries([text]))

    def rank(
        self, query: Query, allowed: Mask | None = None, unseen: tuple[int, str] | None = None
    ) -> Ranking:
        """Compares the query with every allowed item.

        Args:
            allowed: shape (items,); whatever is not allowed counts as not there at all.
            unseen: a text (by number) to be treated as not there, and its item's other texts.
        """
        shown = self._shown(allowed, unseen)
        wordings = self.wordings.scores(query.analysed.wording)
        matters = self.matters.scores(query.analysed.matter)
        if unseen is not None:
            number, rest = unseen
            matters[self.owners[number]] = self.matters.score(matter(rest), query.analysed.matter)
        if allowed is not None:
            matters[~allowed] = -1
        if shown is not None:
            wordings[~shown] = -1
        items = self._candidates(query, wordings, matters, shown)
        if not len(items):
            return _NOTHING
        texts, begins = self._texts(items)
        cosines = self.vectors.reconstruct_batch(texts) @ query.vector[0] * self.weights[texts]
        overlaps = self._overlaps(query, texts)
        if shown is not None:
            cosines[~shown[texts]] = -1
            overlaps[~shown[texts]] = 0
        return _ranking(
            items,
            wording=np.maximum(np.maximum.reduceat(wordings[texts], begins), 0),
            matter=np.maximum(matters[items], 0),
            cosine=np.maximum.reduceat(cosines, begins),
            overlap=np.maximum.reduceat(overlaps, begins),
            ceilings=(
                self.wordings.ceiling(query.analysed.wording),
                self.matters.ceiling(query.analysed.matter),
            ),
        )

    def _shown(self, allowed: Mask | None, unseen: tuple[int, str] | None) -> Mask | None:
        """Which texts take part, shape (texts,); None where all do."""
        if allowed is None and unseen is None:
            return None
        shown = np.ones(len(self.owners), dtype=bool) if allowed is None else allowed[self.owners]
        if unseen is not None:
            shown[unseen[0]] = False
        return shown

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
        self, query: Query, wordings: Vectors, matters: Vectors, shown: Mask | None
    ) -> Numbers:
        """Items proposed by any of the three ways, in order of their numbers."""
        parameters = None
        if shown is not None:
            bits = np.packbits(shown, bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        wanted = min(CANDIDATES, len(self.owners))
        near = self.vectors.search(query.vector, wanted, params=parameters)[1][0]
        return np.unique(
            np.concatenate(
                [_highest(matters), self.owners[_highest(wordings)], self.owners[near[near >= 0]]]
            )
        )

    def save(self, folder: Path) -> None:
        self.wordings.save(folder / "wordings")
        self.matters.save(folder / "matters")
        faiss.write_index(self.vectors, str(folder / "vectors.faiss"))
        np.savez(
            folder / "texts.npz", starts=self.starts, weights=self.weights, contents=self.contents
        )

    @classmethod
    def load(cls, folder: Path) -> "Index":
        texts = np.load(folder / "texts.npz", allow_pickle=False)
        return cls(
            wordings=Lexical.load(folder / "wordings", wording),
            matters=Lexical.load(folder / "matters", matter),
            vectors=faiss.read_index(str(folder / "vectors.faiss")),
            starts=texts["starts"],
            weights=texts["weights"],
            contents=texts["contents"],
        )


def _ranking(
    items: Numbers,
    *,
    wording: Vectors,
    matter: Vectors,
    cosine: Vectors,
    overlap: Vectors,
    ceilings: tuple[float, float],
) -> Ranking:
    scores = (
        WORDING * wording / max(float(wording.max()), 1e-9)
        + MATTER * matter / max(float(matter.max()), 1e-9)
        + MEANING * cosine
        + OVERLAP * overlap
    )
    order = np.argsort(-scores, kind="stable")
    return Ranking(
        items=items[order],
        scores=scores[order],
        wording=wording[order] / np.float32(max(ceilings[0], 1e-9)),
        matter=matter[order] / np.float32(max(ceilings[1], 1e-9)),
        cosine=cosine[order],
        overlap=overlap[order],
    )


def whole(item: Item) -> str:
    """An item's texts as one."""
    return item.body or "\n".join((*item.phrasings, *item.passages))


def _weights(item: Item) -> Vectors:
    weights = [1.0] * len(item.phrasings) + [PASSAGE] * len(item.passages)
    return np.array(weights, dtype=np.float32)


def _highest(scores: Vectors) -> Numbers:
    """Numbers of the highest scores above zero, in any order."""
    if len(scores) > CANDIDATES:
        numbers = np.argpartition(-scores, CANDIDATES)[:CANDIDATES]
    else:
        numbers = np.arange(len(scores))
    return numbers[scores[numbers] > 0]


_EMPTY = np.zeros(0, dtype=np.float32)
_NOTHING = Ranking(np.zeros(0, dtype=np.int64), _EMPTY, _EMPTY, _EMPTY, _EMPTY, _EMPTY)
