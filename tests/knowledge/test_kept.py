import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from knowledge import kept
from knowledge.kept import Kept, Segment, bound, keys_of

WORDS = [f"第{n}句" for n in range(40)]


def ragged(texts: list[str]) -> Segment:
    """A text's row are the numbers of its characters."""
    letters = np.array([ord(letter) for text in texts for letter in text])
    starts = np.concatenate([[0], np.cumsum([len(text) for text in texts])])
    return Segment(keys_of(texts), {"letters": letters}, starts)


def fixed(texts: list[str]) -> Segment:
    return Segment(keys_of(texts), {"length": np.array([[len(text), 1] for text in texts])})


def told(store: Kept, texts: list[str]) -> list[str]:
    starts, columns = store.ragged(store.find(keys_of(texts)))
    letters = columns["letters"].tolist()
    return ["".join(map(chr, letters[a:b])) for a, b in pairwise(starts)]


@pytest.mark.parametrize("place", ["memory", "folder"])
def test_rows_come_back_by_content_in_any_order(place: str, tmp_path: Path) -> None:
    store = Kept(tmp_path if place == "folder" else None)
    store.add(ragged(WORDS[:15]))
    store.add(ragged(WORDS[15:]))
    wanted = [*WORDS[::-3], WORDS[0], WORDS[0]]
    assert told(store, wanted) == wanted


def test_many_are_found_as_a_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Kept()
    for start in range(0, 40, 8):
        store.add(ragged(WORDS[start : start + 8]))
    keys = keys_of([*WORDS[::-1], "没有", WORDS[3]])
    few = store.find(keys)
    monkeypatch.setattr(kept, "CHUNK", 10)
    assert store.find(keys).tolist() == few.tolist()


def test_rows_of_one_length_come_back_by_content() -> None:
    store = Kept()
    store.add(fixed(WORDS[:15]))
    store.add(fixed(WORDS[15:]))
    rows = store.rows(store.find(keys_of(["第20句", "第3句"])), "length")
    assert rows.tolist() == [[4, 1], [3, 1]]


def test_what_is_missing_is_told_once() -> None:
    store = Kept()
    store.add(fixed(["甲", "乙"]))
    assert store.missing(keys_of(["乙", "丙", "甲", "丙", "丁"])).tolist() == [1, 4]
    assert Kept().missing(keys_of(["甲"])).tolist() == [0]


def test_what_was_kept_is_there_again(tmp_path: Path) -> None:
    Kept(tmp_path).add(ragged(WORDS))
    assert told(Kept(tmp_path), WORDS) == WORDS


def test_a_segment_that_was_not_finished_does_not_count(tmp_path: Path) -> None:
    Kept(tmp_path).add(ragged(WORDS[:3]))
    half = tmp_path / ".00000002.17"
    half.mkdir()
    np.save(half / "keys.npy", keys_of(["没写完"]))
    store = Kept(tmp_path)
    assert len(store) == 3
    store.add(ragged(WORDS[3:]))
    assert told(Kept(tmp_path), WORDS) == WORDS


def test_many_segments_become_one_without_what_is_no_longer_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "SEGMENTS", 2)
    store = Kept(tmp_path)
    for start in range(0, 40, 10):
        store.add(ragged(WORDS[start : start + 10]))
    store.tidy(store.find(keys_of(WORDS[5:25])))
    assert len(store.segments) == 1
    assert told(store, WORDS[5:25]) == WORDS[5:25]
    assert len(Kept(tmp_path)) == 20
    assert [path.name for path in tmp_path.iterdir()] == ["00000005"]


def test_a_few_segments_stay_as_they_are(tmp_path: Path) -> None:
    store = Kept(tmp_path)
    store.add(ragged(WORDS[:20]))
    store.add(ragged(WORDS[20:]))
    store.tidy(store.find(keys_of(WORDS)))
    assert len(store.segments) == 2


def test_of_what_holds_for_something_the_two_used_last_are_kept(tmp_path: Path) -> None:
    first, second = bound(tmp_path, "encoder", "a"), bound(tmp_path, "encoder", "b")
    other = bound(tmp_path, "analysis", "a")
    for n, folder in enumerate((second, first)):
        os.utime(folder, (n, n))
    third = bound(tmp_path, "encoder", "c")
    assert sorted(tmp_path.iterdir()) == sorted((first, third, other))
    assert bound(tmp_path, "encoder", "a") == first
