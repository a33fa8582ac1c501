"""Gathering what an index consists of from the texts of its items."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge import nearness
from knowledge.analyses import Analyses, binding
from knowledge.analysis import LATELY
from knowledge.encoder import Encoder, Vectors
from knowledge.encodings import Encodings
from knowledge.kept import CHUNK, Keys, Numbers, bound, keys_of
from knowledge.lexical import Lexical
from knowledge.nearness import Rows
from knowledge.postings import Inverted, Postings
from knowledge.terms import Hashes

Progress = Callable[[str], None]

PASSAGE = 0.3
"""What a cosine with a passage weighs; one with a question, short as the query, weighs 1."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something to be found: ways to ask for it, and passages of what it says.

    ``body`` is all of it as one text, where that is not just the phrasings and passages joined.
    """

    phrasings: tuple[str, ...]
    passages: tuple[str, ...]
    body: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        return (*self.phrasings, *self.passages)


@dataclass(frozen=True, slots=True)
class Origin:
    """What an index was made of, from which the next one is.

    Attributes:
        keys: of the texts, as ``knowledge.kept`` has them.
        content: hashes of the terms that are content words, in rising order.
    """

    keys: Keys
    content: Hashes

    def save(self, path: Path) -> None:
        np.savez(path, keys=self.keys, content=self.content)

    @classmethod
    def load(cls, path: Path) -> "Origin":
        with np.load(path, allow_pickle=False) as arrays:
            return cls(arrays["keys"], arrays["content"])


class Sources:
    """The caches that vectors and terms come from.

    Args:
        cache: a folder that keeps what was worked out about the texts for the next time.
    """

    def __init__(self, encoder: Encoder, cache: Path | None) -> None:
        self.dimension = encoder.dimension
        self.folder = cache and bound(cache, "encoder", encoder.name)
        self.encodings = Encodings(encoder, self.folder and self.folder / "vectors")
        self.analyses = Analyses(cache and bound(cache, "analysis", binding()))

    def learn(self, texts: Sequence[str], keys: Keys, total: int, progress: Progress) -> None:
        """Works out what is new among the texts."""
        missing = (kept.missing(keys) for kept in (self.analyses.kept, self.encodings.kept))
        new = np.union1d(*missing)
        for start in range(0, len(new), LATELY):
            some = new[start : start + LATELY]
            batch = [texts[number] for number in some.tolist()]
            self.analyses.learn(batch, keys[some])
            self.encodings.learn(batch, keys[some])
            progress(f"encoded {start + len(batch)} of {len(new)} new texts, {total} in all")

    def vectors(self, keys: Keys, progress: Progress) -> Any:
        """An index over the vectors of texts that were learnt."""
        kept = self.encodings.kept
        rows = Rows(kept, kept.find(keys), keys)
        vectors = nearness.build(rows, self.dimension, self.folder, progress)
        kept.tidy(rows.positions)
        return vectors


def gathered(
    items: Sequence[Item], encoder: Encoder, progress: Progress, cache: Path | None
) -> dict[str, Any]:
    """The parts of ``knowledge.index.Index``.

    Args:
        cache: see ``Sources``.
    """
    texts, starts = texts_of(items)
    sources = Sources(encoder, cache)
    keys = keys_of(texts)
    sources.learn(texts, keys, len(texts), progress)
    vectors = sources.vectors(keys, progress)
    analyses = sources.analyses
    positions = analyses.kept.find(keys)
    about = _about(items, starts, positions, analyses)
    wordings, matters, content = inverted(starts, positions, about, analyses)
    analyses.kept.tidy(np.concatenate([positions, about.positions]))
    return parts(wordings, matters, vectors, starts, weights_of(items), Origin(keys, content))


def parts(
    wordings: Inverted,
    matters: Inverted,
    vectors: Any,
    starts: Numbers,
    weights: Vectors,
    origin: Origin,
) -> dict[str, Any]:
    """Those of an index; content words that are nowhere are dropped."""
    lexical = Lexical(wordings)
    content = np.intersect1d(origin.content, wordings.terms)
    return {
        "wordings": lexical,
        "matters": Lexical(matters),
        "vectors": vectors,
        "starts": starts,
        "weights": weights,
        "contents": lexical.sums(content),
        "origin": Origin(origin.keys, content),
    }


def texts_of(items: Sequence[Item]) -> tuple[list[str], Numbers]:
    """All their texts, and where each item's begin."""
    texts = [item.texts for item in items]
    starts = np.concatenate([[0], np.cumsum([len(some) for some in texts])]).astype(np.int64)
    return [text for some in texts for text in some], starts


@dataclass(frozen=True, slots=True)
class About:
    """Of which texts an item as a whole consists: its own ones, or its body."""

    starts: Numbers
    positions: Numbers


def _about(items: Sequence[Item], starts: Numbers, positions: Numbers, analyses: Analyses) -> About:
    bodies = [(number, item.body) for number, item in enumerate(items) if item.body]
    if not bodies:
        return About(starts, positions)
    texts = [body for _, body in bodies]
    keys = keys_of(texts)
    analyses.learn(texts, keys)
    whole = dict(zip((n for n, _ in bodies), analyses.kept.find(keys), strict=True))
    parts = [
        np.array([whole[number]])
        if number in whole
        else positions[starts[number] : starts[number + 1]]
        for number in range(len(items))
    ]
    return About(
        np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64),
        np.concatenate(parts),
    )


def inverted(
    starts: Numbers, positions: Numbers, about: About, analyses: Analyses
) -> tuple[Inverted, Inverted, Hashes]:
    """The terms of the texts and of the items, and which of them are content words.

    Args:
        positions: of the texts among the analyses.
    """
    wordings, matters = Postings(), Postings()
    content = np.zeros(len(analyses.terms), dtype=bool)
    for first, last in _portions(starts):
        begin, end = int(starts[first]), int(starts[last])
        counted = analyses.counted(positions[begin:end])
        owners = np.repeat(np.arange(end - begin), np.diff(counted.starts))
        wordings.add(owners, counted.terms, counted.wording, end - begin)
        content[counted.terms[counted.content]] = True
        counts = np.diff(about.starts[first : last + 1])
        if about.positions is not positions:
            counted = analyses.counted(about.positions[about.starts[first] : about.starts[last]])
        items = np.repeat(np.repeat(np.arange(last - first), counts), np.diff(counted.starts))
        matters.add(items, counted.terms, counted.matter, last - first)
    terms = analyses.terms
    return wordings.inverted(terms), matters.inverted(terms), np.sort(terms[content])


def _portions(starts: Numbers) -> Iterator[tuple[int, int]]:
    """First and last of runs of items that have some ten thousand texts together."""
    first, count = 0, len(starts) - 1
    while first < count:
        last = int(np.searchsorted(starts, starts[first] + CHUNK, side="left"))
        last = min(max(last, first + 1), count)
        yield first, last
        first = last


def weights_of(items: Sequence[Item]) -> Vectors:
    """Of every text of the items."""
    spoken = [[1.0] * len(item.phrasings) + [PASSAGE] * len(item.passages) for item in items]
    return np.array([weight for some in spoken for weight in some], dtype=np.float32)
