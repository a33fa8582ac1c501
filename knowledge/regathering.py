"""Gathering an index anew from one that has most of its items: only what changed is worked out.

What comes of it is the same, to the last bit, as what ``knowledge.gathering`` makes of all items.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.encoder import Encoder, Vectors
from knowledge.gathering import (
    About,
    Item,
    Origin,
    Progress,
    Sources,
    inverted,
    parts,
    texts_of,
    weights_of,
)
from knowledge.kept import Keys, Numbers, keys_of, spans
from knowledge.postings import Inverted


@dataclass(frozen=True, slots=True)
class Known:
    """What is taken over from an index, see ``knowledge.index.Index``."""

    wordings: Inverted
    matters: Inverted
    starts: Numbers
    weights: Vectors
    origin: Origin


@dataclass(frozen=True, slots=True)
class Moves:
    """Where texts are now: those at ``before`` at ``after``, the new ones at ``new``."""

    starts: Numbers
    before: Numbers
    after: Numbers
    new: Numbers


def regathered(
    known: Known,
    places: Numbers,
    fresh: Mapping[int, Item],
    encoder: Encoder,
    progress: Progress,
    cache: Path | None,
) -> dict[str, Any] | None:
    """The parts of ``knowledge.index.Index``; None where the cache has not all vectors.

    Args:
        places: of each item among those known, -1 for new ones; they rise.
        fresh: these, by number.
    """
    numbers = np.array(sorted(fresh), dtype=np.int64)
    items = [fresh[number] for number in numbers.tolist()]
    texts, starts = texts_of(items)
    moves = _moves(known.starts, places, numbers, np.diff(starts))
    new = keys_of(texts)
    keys = np.zeros((int(moves.starts[-1]), 2), dtype=np.uint64)
    keys[moves.after], keys[moves.new] = known.origin.keys[moves.before], new
    weights = np.zeros(len(keys), dtype=np.float32)
    weights[moves.after], weights[moves.new] = known.weights[moves.before], weights_of(items)
    sources = Sources(encoder, cache)
    sources.learn(texts, new, len(keys), progress)
    if (sources.encodings.kept.find(keys) < 0).any():
        return None
    vectors = sources.vectors(keys, progress)
    positions = sources.analyses.kept.find(new)
    about = About(starts, positions)
    wordings, matters, content = inverted(starts, positions, about, sources.analyses)
    _tidy(sources, keys)
    return parts(
        known.wordings.changed(
            _moved(len(known.weights), moves.before, moves.after), wordings, moves.new
        ),
        known.matters.changed(
            _moved(len(known.starts) - 1, places[places >= 0], np.flatnonzero(places >= 0)),
            matters,
            numbers,
        ),
        vectors,
        moves.starts,
        weights,
        Origin(keys, np.union1d(known.origin.content, content)),
    )


def _moves(before: Numbers, places: Numbers, numbers: Numbers, counts: Numbers) -> Moves:
    """Args:
    before: where each known item's texts begin.
    counts: how many texts each new item has.
    """
    kept = np.flatnonzero(places >= 0)
    every = np.zeros(len(places), dtype=np.int64)
    every[kept], every[numbers] = np.diff(before)[places[kept]], counts
    starts = np.concatenate([[0], np.cumsum(every)]).astype(np.int64)
    return Moves(
        starts,
        spans(before[places[kept]], every[kept]),
        spans(starts[kept], every[kept]),
        spans(starts[numbers], every[numbers]),
    )


def _moved(count: int, before: Numbers, after: Numbers) -> Numbers:
    moved = np.full(count, -1, dtype=np.int64)
    moved[before] = after
    return moved


def _tidy(sources: Sources, keys: Keys) -> None:
    kept = sources.analyses.kept
    positions = kept.find(keys)
    kept.tidy(positions[positions >= 0])
