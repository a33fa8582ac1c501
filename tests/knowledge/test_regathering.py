"""An index made from another one is the same as one made of the items themselves."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import nearness
from knowledge.gathering import Item
from knowledge.index import Index
from tests.knowledge.corpus import encoder

WORDS = (
    "借书",
    "办证",
    "图书馆",
    "游泳",
    "水温",
    "花种子",
    "路灯",
    "怎么",
    "哪里",
    "abc",
    "不",
    "的",
)
QUERIES = ("在图书馆哪里办证", "游泳馆水温", "路灯怎么报修", "花种子")


def item(seed: int) -> Item:
    random = Random(seed)
    texts = ["".join(random.choices(WORDS, k=random.randint(1, 6))) for _ in range(4)]
    return Item(tuple(texts[: random.randint(1, 3)]), (texts[3],))


def again(
    cache: Path, before: Sequence[int], after: Sequence[int]
) -> tuple[Index | None, Mapping[int, Item]]:
    """The second made from the first; items are numbers, in rising order."""
    Index.build([item(n) for n in before], encoder(), cache=cache / "cache").save(cache / "index")
    known = {number: place for place, number in enumerate(before)}
    places = np.array([known.get(number, -1) for number in after], dtype=np.int64)
    fresh = {place: item(n) for place, n in enumerate(after) if n not in known}
    found = Index.again(cache / "index", places, fresh, encoder(), cache=cache / "cache")
    return found, fresh


def saved(index: Index, folder: Path) -> dict[str, bytes]:
    index.save(folder)
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


NUMBERS = st.sets(st.integers(0, 30), min_size=1, max_size=12).map(sorted)


@given(before=NUMBERS, after=NUMBERS, exact=st.booleans())
def test_changed_and_built_are_the_same_to_the_last_bit(
    before: list[int], after: list[int], exact: bool
) -> None:
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        patched.setattr(nearness, "EXACT", 50_000 if exact else 0)
        patched.setattr(nearness, "lists_for", lambda size: 2)
        path = Path(folder)
        changed, _ = again(path, before, after)
        built = Index.build([item(n) for n in after], encoder(), cache=path / "cache")
        assert changed is not None
        assert saved(changed, path / "changed") == saved(built, path / "built")


def test_a_changed_index_is_searched_as_one_that_was_built(tmp_path: Path) -> None:
    changed, _ = again(tmp_path, range(20), range(3, 24))
    assert changed is not None
    built = Index.build([item(n) for n in range(3, 24)], encoder())
    for text in QUERIES:
        one, other = (index.rank(index.query(text, encoder())) for index in (changed, built))
        assert one.items.tolist() == other.items.tolist()
        assert one.scores.tolist() == other.scores.tolist()


def test_without_its_cache_it_is_not_changed(tmp_path: Path) -> None:
    Index.build([item(1), item(2)], encoder(), cache=tmp_path / "cache").save(tmp_path / "index")
    places = np.array([0, 1], dtype=np.int64)
    folder = tmp_path / "index"
    assert Index.again(folder, places, {}, encoder(), cache=tmp_path / "elsewhere") is None
    assert Index.again(folder, places, {}, encoder(), cache=tmp_path / "cache") is not None
