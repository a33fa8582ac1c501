"""Telling queries like those that were learnt from other ones, by the terms they are made of."""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import Vectors, buckets, peculiarity

BESIDE = 0.05
"""This share of the queries learnt from may be taken for others by what is peculiar to them."""

Pair = tuple[str, str]


def peculiar_to(pairs: Sequence[Pair], talk: Collection[str], count: int) -> tuple[Vectors, float]:
    """How far each row is the pairs' own, and from where on a query is.

    Every second pair tells how peculiar queries are to the other ones.

    Returns:
        Between 0 and 1 for each row, shape (count,), and the least average of a query's rows.
    """
    half = peculiar({text for pair in pairs[::2] for text in pair}, talk, count)
    asked = [peculiarity(buckets(query, count), half) for query, _ in pairs[1::2]]
    whole = peculiar({text for pair in pairs for text in pair}, talk, count)
    return whole, float(np.quantile(asked, BESIDE)) if asked else 0.0


def peculiar(texts: Collection[str], talk: Collection[str], count: int) -> Vectors:
    """How often the texts have a row, as a share of how often they and the talk have it.

    One text alone proves half; what none of the texts has is not theirs at all.
    """
    found, elsewhere = occurrences(texts, count), occurrences(talk, count)
    often, other = found / max(found.sum(), 1), elsewhere / max(elsewhere.sum(), 1)
    share = often / np.maximum(often + other, 1e-12) * found / (found + 1)
    return np.asarray(share, dtype=np.float32)


def occurrences(texts: Collection[str], count: int) -> NDArray[np.int64]:
    """Of how many of the texts each row is a part, shape (count,)."""
    found = [number for text in texts for number in set(buckets(text, count))]
    return np.bincount(np.array(found, dtype=np.int64), minlength=count)
