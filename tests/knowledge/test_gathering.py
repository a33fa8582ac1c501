from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge import analyses
from knowledge.analysis import Analysed, analyse, matter, wording
from knowledge.encoder import StaticEncoder, Vectors
from knowledge.gathering import Item
from knowledge.index import Index
from knowledge.lexical import Lexical
from knowledge.search import items_of
from tests.knowledge.corpus import ENTRIES, LIBRARY, encoder

TEXTS = [text for entry in ENTRIES for text in (*entry.phrasings, entry.answer)]


class CountingEncoder(StaticEncoder):
    """Remembers what it was given."""

    def __init__(self, name: str = "counting") -> None:
        super().__init__(encoder().rows, name)
        self.given: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.given += texts
        return super().encode(texts)


@pytest.fixture
def analysed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is analysed from now on in order to be kept."""
    texts = list[str]()

    def remembered(text: str) -> Analysed:
        texts.append(text)
        return analyse(text)

    monkeypatch.setattr(analyses, "analyse", remembered)
    return texts


def test_texts_and_items_are_counted_as_their_analysis_says() -> None:
    index = Index.build(items_of(ENTRIES), encoder())
    wholes = ["\n".join((*entry.phrasings, entry.answer)) for entry in ENTRIES]
    for query in ("借书证怎么办", "早上几点开门", "在哪里换花种子"):
        alone = Lexical.build(TEXTS, wording).scores(wording(query))
        assert index.wordings.scores(wording(query)) == pytest.approx(alone, abs=1e-4)
        alone = Lexical.build(wholes, matter).scores(matter(query))
        assert index.matters.scores(matter(query)) == pytest.approx(alone, abs=1e-4)


def test_contents_are_what_a_texts_content_words_weigh() -> None:
    index = Index.build(items_of(ENTRIES), encoder())
    weighed = [index.wordings.ceiling(sorted(set(analyse(text).content))) for text in TEXTS]
    assert index.contents == pytest.approx(weighed, rel=1e-4)


def test_an_item_with_a_body_is_about_its_body() -> None:
    items = [Item(("借书",), ("带身份证来",)), Item(("开门",), ("六点半",), "游泳馆早上六点半开门")]
    index = Index.build(items, encoder())
    assert np.flatnonzero(index.matters.scores(matter("游泳馆"))).tolist() == [1]
    assert np.flatnonzero(index.matters.scores(matter("身份证"))).tolist() == [0]


def test_only_new_texts_are_encoded_and_analysed(tmp_path: Path, analysed: list[str]) -> None:
    first = CountingEncoder()
    Index.build(items_of(ENTRIES), first, cache=tmp_path)
    assert Counter(first.given) == Counter(dict.fromkeys(TEXTS, 1))

    second = CountingEncoder()
    analysed.clear()
    changed = replace(LIBRARY, answer="搬家了，请到新馆二层办理。")
    entries = [changed if entry is LIBRARY else entry for entry in ENTRIES]
    index = Index.build(items_of(entries), second, cache=tmp_path)
    assert second.given == analysed == [changed.answer]
    fresh = Index.build(items_of(entries), encoder())
    query = fresh.query("新馆在哪里办证", encoder())
    assert index.rank(query).items.tolist() == fresh.rank(query).items.tolist()
    assert index.rank(query).scores == pytest.approx(fresh.rank(query).scores, abs=1e-4)


def test_another_encoder_takes_nothing_over(tmp_path: Path) -> None:
    Index.build(items_of(ENTRIES), CountingEncoder(), cache=tmp_path)
    other = CountingEncoder("other")
    Index.build(items_of(ENTRIES), other, cache=tmp_path)
    assert len(other.given) == len(TEXTS)


def test_other_word_lists_take_nothing_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, analysed: list[str]
) -> None:
    Index.build(items_of(ENTRIES), encoder(), cache=tmp_path)
    analysed.clear()
    monkeypatch.setattr("knowledge.gathering.binding", lambda: "other lists")
    Index.build(items_of(ENTRIES), encoder(), cache=tmp_path)
    assert sorted(analysed) == sorted(TEXTS)
