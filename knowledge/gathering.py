"""Gathering what an index consists of from the texts of its items."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge import nearness
from knowledge.analyses import Analyses, binding
from knowledge.analysis import LATELY
from knowledge.encoder import Encoder, Vectors
from knowledge.encodings import Encodings
from knowledge.kept import CHUNK, Numbers, bound, keys_of
from knowledge.lexical import Lexical
from knowledge.nearness import Rows
from knowledge.postings import Postings

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


def gathered(
    items: Sequence[Item], encoder: Encoder, progress: Progress, cache: Path | None
) -> dict[str, Any]:
    """The parts of ``knowledge.index.Index``.

    Args:
        cache: a folder that keeps what was worked out about the texts for the next time.
    """
    texts = [text for item in items for text in item.texts]
    starts = np.concatenate([[0], np.cumsum([len(item.texts) for item in items])]).astype(np.int64)
    folder = cache and bound(cache, "encoder", encoder.name)
    encodings = Encodings(encoder, folder and folder / "vectors")
    analyses = Analyses(cache and bound(cache, "analysis", binding()))
    keys = keys_of(texts)
    new = np.union1d(analyses.kept.missing(keys), encodings.kept.missing(keys))
    for start in range(0, len(new), LATELY):
        some = new[start : start + LATELY]
        batch = [texts[number] for number in some.tolist()]
        analyses.learn(batch, keys[some])
        encodings.learn(batch, keys[some])
        progress(f"encoded {start + len(batch)} of {len(new)} new texts, {len(texts)} in all")
    rows = Rows(encodings.kept, encodings.kept.find(keys), keys)
    vectors = nearness.build(rows, encoder.dimension, folder, progress)
    encodings.kept.tidy(rows.positions)
    positions = analyses.kept.find(keys)
    about = _about(items, starts, positions, analyses)
    wordings, matters, contents = _lexical(starts, positions, about, analyses)
    analyses.kept.tidy(np.concatenate([positions, about.positions]))
    return {
        "wordings": wordings,
        "matters": matters,
        "vectors": vectors,
        "starts": starts,
        "weights": np.concatenate([_weights(item) for item in items]),
        "contents": contents,
    }


@dataclass(frozen=True, slots=True)
class _About:
    """Of which texts an item as a whole consists: its own ones, or its body."""

    starts: Numbers
    positions: Numbers


def _about(
    items: Sequence[Item], starts: Numbers, positions: Numbers, analyses: Analyses
) -> _About:
    bodies = [(number, item.body) for number, item in enumerate(items) if item.body]
    if not bodies:
        return _About(starts, positions)
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
    return _About(
        np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int64),
        np.concatenate(parts),
    )


def _lexical(
    starts: Numbers, positions: Numbers, about: _About, analyses: Analyses
) -> tuple[Lexical, Lexical, Vectors]:
    """BM25 over the texts and over the items, and what the content words of each text weigh."""
    wordings, matters = Postings(), Postings()
    content = list[tuple[int, NDArray[np.int64], NDArray[np.int32]]]()
    for first, last in _portions(starts):
        begin, end = int(starts[first]), int(starts[last])
        counted = analyses.counted(positions[begin:end])
        owners = np.repeat(np.arange(end - begin), np.diff(counted.starts))
        wordings.add(owners, counted.terms, counted.wording, end - begin)
        content.append((end - begin, owners[counted.content], counted.terms[counted.content]))
        counts = np.diff(about.starts[first : last + 1])
        if about.positions is not positions:
            counted = analyses.counted(about.positions[about.starts[first] : about.starts[last]])
        items = np.repeat(np.repeat(np.arange(last - first), counts), np.diff(counted.starts))
        matters.add(items, counted.terms, counted.matter, last - first)
    lexical = Lexical(wordings.inverted(analyses.terms))
    rarity = lexical.rarities(analyses.terms)
    contents = [np.bincount(who, rarity[what], minlength=size) for size, who, what in content]
    return (
        lexical,
        Lexical(matters.inverted(analyses.terms)),
        np.concatenate(contents).astype(np.float32),
    )


def _portions(starts: Numbers) -> Iterator[tuple[int, int]]:
    """First and last of runs of items that have some ten thousand texts together."""
    first, count = 0, len(starts) - 1
    while first < count:
        last = int(np.searchsorted(starts, starts[first] + CHUNK, side="left"))
        last = min(max(last, first + 1), count)
        yield first, last
        first = last


def _weights(item: Item) -> Vectors:
    weights = [1.0] * len(item.phrasings) + [PASSAGE] * len(item.passages)
    return np.array(weights, dtype=np.float32)
