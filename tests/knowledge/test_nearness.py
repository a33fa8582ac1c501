from collections.abc import Iterator
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from knowledge import nearness
from knowledge.kept import Kept, Segment, keys_of
from knowledge.nearness import Rows, Shown, build, lists_for, load, near

DIMENSION = 16
COUNT = 3000


def rows(count: int = COUNT) -> Rows:
    """Vectors that lie in some heaps, as those of texts do."""
    random = np.random.default_rng(3)
    heaps = random.standard_normal((40, DIMENSION))
    vectors = heaps[random.integers(0, 40, count)] + 0.5 * random.standard_normal(
        (count, DIMENSION)
    )
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    keys = keys_of(str(n) for n in range(count))
    kept = Kept()
    kept.add(Segment(keys, {"vector": vectors.astype(np.float16)}))
    return Rows(kept, kept.find(keys), keys)


ROWS = rows()
VECTORS = ROWS.at(slice(None))


@pytest.fixture(scope="module")
def lists() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(nearness, "EXACT", 100)
        yield build(ROWS, DIMENSION)


def nearest(place: int, mask: NDArray[np.bool_], wanted: int) -> set[int]:
    scores = np.where(mask, VECTORS @ VECTORS[place], -9)
    return set(np.argsort(-scores)[: min(wanted, mask.sum())].tolist())


@given(
    place=st.integers(0, COUNT - 1),
    share=st.sampled_from([0.0, 0.003, 0.1, 0.7, 1.0]),
    seed=st.integers(0, 99),
)
def test_lists_find_only_what_is_shown_and_hardly_miss_any(
    lists: Any, place: int, share: float, seed: int
) -> None:
    mask = np.random.default_rng(seed).random(COUNT) < share
    found = near(lists, VECTORS[place : place + 1], 20, Shown(mask)).tolist()
    assert mask[found].all()
    assert len(set(found)) == len(found)
    if 0 < mask.sum() <= nearness.LOOKED_INTO * COUNT:
        assert set(found) == nearest(place, mask, 20)


def test_lists_find_nearly_all_that_is_nearest(lists: Any) -> None:
    everything = np.ones(COUNT, dtype=bool)
    places = range(0, COUNT, 30)
    hit = [
        len(nearest(n, everything, 10) & set(near(lists, VECTORS[n : n + 1], 10).tolist()))
        for n in places
    ]
    assert sum(hit) >= 0.9 * 10 * len(places)


def test_as_many_are_compared_as_would_be_one_by_one(
    lists: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearness, "EXACT", COUNT)
    everything = np.ones(COUNT, dtype=bool)
    for place in (5, 1500):
        found = near(lists, VECTORS[place : place + 1], 20).tolist()
        assert set(found) == nearest(place, everything, 20)


def test_a_small_pool_is_compared_one_by_one() -> None:
    index = build(rows(200), DIMENSION)
    vectors = rows(200).at(slice(None))
    found = near(index, vectors[7:8], 5)
    assert found.tolist() == np.argsort(-(vectors @ vectors[7]))[:5].tolist()


def test_lists_on_disk_find_what_they_found_in_memory(lists: Any, tmp_path: Path) -> None:
    faiss.write_index(lists, str(tmp_path / "vectors.faiss"))
    loaded = load(tmp_path / "vectors.faiss")
    for n in (0, 100, 2999):
        before, after = (near(i, VECTORS[n : n + 1], 10).tolist() for i in (lists, loaded))
        assert before == after
    assert loaded.reconstruct_batch(np.array([5, 9])) == pytest.approx(VECTORS[[5, 9]], abs=1e-3)


def test_an_index_that_is_gone_is_an_error_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"vectors\.faiss"):
        load(tmp_path / "vectors.faiss")


def test_lists_hold_what_faiss_itself_would_put_into_them(lists: Any) -> None:
    theirs: Any = faiss.clone_index(lists)
    theirs.reset()
    theirs.add(VECTORS)
    for number in range(lists.nlist):
        size = lists.invlists.list_size(number)
        assert size == theirs.invlists.list_size(number)
        for kind, each in (("get_ids", 1), ("get_codes", 2 * DIMENSION)):
            ours, wanted = (
                faiss.rev_swig_ptr(getattr(index.invlists, kind)(number), size * each)
                for index in (lists, theirs)
            )
            assert ours.tolist() == wanted.tolist()


def test_one_text_more_sorts_one_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearness, "EXACT", 100)
    said = list[str]()
    fewer = Rows(ROWS.kept, ROWS.positions[:-1], ROWS.keys[:-1])
    build(fewer, DIMENSION, tmp_path)
    build(ROWS, DIMENSION, tmp_path, said.append)
    assert said == ["sorted 1 of 1 new texts"]


def test_a_pool_that_grows_a_little_keeps_its_lists() -> None:
    assert lists_for(600_000) == lists_for(700_000)
    assert lists_for(1_000_000) >= lists_for(100_000)
