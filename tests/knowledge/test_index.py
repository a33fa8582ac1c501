from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.entry import Entry
from knowledge.gathering import Item
from knowledge.index import Index, Ranking, highest
from knowledge.search import items_of
from tests.knowledge.corpus import ENTRIES, encoder

PLACE = {entry.id: number for number, entry in enumerate(ENTRIES)}


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(items_of(ENTRIES), encoder())


def ranked(index: Index, text: str, allowed: list[str] | None = None) -> Ranking:
    only = None
    if allowed is not None:
        only = index.only(np.array([entry.id in allowed for entry in ENTRIES]))
    return index.rank(index.query(text, encoder()), only)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_wording_finds_its_own_item_first(index: Index, entry: Entry) -> None:
    for text in entry.phrasings:
        assert ranked(index, text).items[0] == PLACE[entry.id]


def test_an_item_is_as_good_as_its_best_wording(index: Index) -> None:
    ranking = ranked(index, ENTRIES[0].variants[3])
    assert ranking.cosine[0] == pytest.approx(1, abs=1e-3)
    assert ranking.overlap[0] == pytest.approx(1, abs=1e-3)


def test_what_is_not_allowed_is_not_there(index: Index) -> None:
    allowed = ["pool-hours", "seed-exchange"]
    ranking = ranked(index, "借书证怎么办", allowed)
    assert {ENTRIES[number].id for number in ranking.items} <= set(allowed)


def test_a_text_left_out_no_longer_counts(index: Index) -> None:
    number = PLACE["library-card"]
    text = int(index.starts[number])
    query = index.query(ENTRIES[number].question, encoder())
    rest = "\n".join((*ENTRIES[number].variants, ENTRIES[number].answer))
    whole, part = index.rank(query), index.rank(query, unseen=(text, rest))
    before = whole.cosine[list(whole.items).index(number)]
    after = part.cosine[list(part.items).index(number)]
    assert before == pytest.approx(1, abs=1e-3)
    assert after < 0.95
    assert part.matter[list(part.items).index(number)] < whole.matter[0]


def test_nothing_allowed_finds_nothing(index: Index) -> None:
    assert len(ranked(index, "借书证怎么办", []).items) == 0


def test_a_saved_index_ranks_as_before(index: Index, tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    index.save(tmp_path / "index")
    loaded = Index.load(tmp_path / "index")
    for text in ("在哪里办证", "几点开门", "打气"):
        before, after = ranked(index, text), ranked(loaded, text)
        assert after.items.tolist() == before.items.tolist()
        assert after.scores == pytest.approx(before.scores, abs=1e-6)


def test_a_passage_is_found_without_any_question() -> None:
    items = [
        Item((), ("图书馆的规矩：馆内不许吃东西。", "图书馆的规矩：一次可借五本。")),
        Item((), ("游泳馆的规矩：下水前先淋浴。",)),
    ]
    index = Index.build(items, encoder())
    assert index.rank(index.query("一次能借几本", encoder())).items[0] == 0


@given(
    scores=st.lists(st.integers(0, 40), min_size=1, max_size=400),
    count=st.integers(1, 12),
)
def test_the_highest_are_those_that_sorting_finds(scores: list[int], count: int) -> None:
    given = np.array(scores, dtype=np.float32)
    found = highest(given, count)
    assert len(set(found.tolist())) == len(found)
    best = [score for score in sorted(scores, reverse=True)[:count] if score > 0]
    assert sorted(given[found].tolist(), reverse=True) == best


def test_an_item_taken_away_is_not_there(index: Index) -> None:
    for number, entry in enumerate(ENTRIES):
        query = index.query(entry.question, encoder())
        others = np.arange(len(ENTRIES)) != number
        without = index.rank(query, without=number)
        assert without.items.tolist() == index.rank(query, index.only(others)).items.tolist()
        assert number not in without.items
