"""Which passages of imported documents an entry rests on, as its source says."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.entry import Entry, Source
from knowledge.marks import number

SOURCES = 4096
"""So many sources are kept read."""

COUNTRY = "中华人民共和国"

Place = tuple[str, int, str]
"""A law or notice, an article of it, and its 之一 where it has one."""

_ARTICLE = re.compile(
    r"第\s*([零〇○一二两三四五六七八九十百千]{1,9}|\d{1,4})\s*条(?:之([一二三四五六七八九十]{1,3}))?"
)


def cited(entries: Iterable[Entry]) -> dict[int, frozenset[int]]:
    """Of the entries that rest on passages among them, the numbers of these passages.

    An article in several pieces, or in several versions, counts with all of them.
    """
    resting = dict[int, tuple[Place, ...]]()
    passages = defaultdict[Place, list[int]](list)
    for n, entry in enumerate(entries):
        places = places_of(entry.source)
        if not entry.quoted:
            resting[n] = places
        elif places:
            passages[places[0]].append(n)
    found = {
        n: frozenset(passage for place in places for passage in passages.get(place, ()))
        for n, places in resting.items()
    }
    return {n: numbers for n, numbers in found.items() if numbers}


def resting(entries: Sequence[Entry]) -> NDArray[np.bool_]:
    """Which of a few entries rests on which of them, shape (entries, entries)."""
    found = np.zeros((len(entries), len(entries)), dtype=bool)
    for n, numbers in cited(entries).items():
        found[n, list(numbers)] = True
    return found


@lru_cache(maxsize=SOURCES)
def places_of(source: Source) -> tuple[Place, ...]:
    """The articles that a source names, the first one first; with the country or without."""
    articles = dict.fromkeys(_ARTICLE.findall(source.article))
    if not articles:
        return ()
    title = source.title.strip("《》").removeprefix(COUNTRY)
    return tuple((title, number(said), sub) for said, sub in articles)
