"""Passages asked for by name and nothing else: 《…法》第…条, as the choice of one says it."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from knowledge.citing import places_of
from knowledge.days import plain
from knowledge.document import id_before, normal_title
from knowledge.entry import Entry, Source

_NAME = re.compile(r"\s*《(.{2,100})》\s*([^《》\s][^《》]{0,40}?)\s*[。？?！!]*\s*")
"""A title may have another in it."""
_NUMBERS = re.compile(r"[第零〇一二两三四五六七八九十百千\d编章节条款项目之至、.（）()\s]+")


def is_name(said: str) -> bool:
    """Whether it is a title with numbers behind it, and no question of its own."""
    found = _NAME.fullmatch(said)
    return found is not None and _NUMBERS.fullmatch(found[2]) is not None


def named(said: str, entries: Sequence[Entry]) -> Iterator[int]:
    """Places of the passages of that name, in every version; the first piece of an article first.

    Args:
        entries: ordered by id.
    """
    found = _NAME.fullmatch(said)
    if found is None:
        return
    title, place = normal_title(found[1]), found[2]
    wanted = (_plain(place), places_of(Source(title, place))[:1])
    of_law = id_before(title)
    exact, loose = list[int](), list[int]()
    for number in range(bisect_left(entries, of_law, key=lambda entry: entry.id), len(entries)):
        entry = entries[number]
        if not entry.id.startswith(of_law):
            break
        if not entry.quoted or normal_title(entry.source.title) != title:
            continue
        if _plain(entry.source.article) == wanted[0]:
            exact.append(number)
        elif wanted[1] and places_of(entry.source)[:1] == wanted[1] and "款" not in place:
            loose.append(number)
    yield from (*exact, *loose)


def _plain(place: str) -> str:
    return re.sub(r"\s", "", plain(place))
