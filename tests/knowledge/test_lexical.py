from pathlib import Path

import bm25s
import numpy as np
import pytest

from knowledge import lexical
from knowledge.analysis import plain
from knowledge.lexical import Lexical

TEXTS = ["借书证在哪里办", "游泳馆几点开门", "游泳馆周末开门吗", "种子在哪里换", "自行车在哪里打气"]


@pytest.fixture
def index() -> Lexical:
    return Lexical.build(TEXTS, plain)


def test_scores_are_those_of_bm25s(index: Lexical) -> None:
    model = bm25s.BM25()
    model.index([plain(text) for text in TEXTS], show_progress=False)
    query = plain("游泳馆在哪里游泳")
    assert index.scores(query) == pytest.approx(model.get_scores(query), abs=1e-5)


def test_the_score_of_one_text_is_the_same_alone_and_in_the_pool(index: Lexical) -> None:
    query = plain("周末游泳馆在哪里")
    alone = [index.score(plain(text), query) for text in TEXTS]
    assert alone == pytest.approx(index.scores(query).tolist(), abs=1e-4)


def test_unknown_terms_score_nothing_and_are_the_rarest(index: Lexical) -> None:
    assert not index.scores(plain("飞机")).any()
    assert index.rarity("飞") == index.rarest
    assert index.rarity("飞") > index.rarity("借") > index.rarity("游")


def test_holds_tells_which_text_has_which_term(index: Lexical) -> None:
    held = index.holds(["游泳", "哪里", "飞机"], np.array([0, 1, 2]))
    assert held.tolist() == [[False, True, True], [True, False, False], [False, False, False]]


def test_a_saved_index_is_loaded_as_it_was(index: Lexical, tmp_path: Path) -> None:
    index.save(tmp_path / "saved")
    loaded = Lexical.load(tmp_path / "saved")
    query = plain("哪里开门")
    assert loaded.scores(query).tolist() == index.scores(query).tolist()
    assert loaded.score(plain("开门"), query) == index.score(plain("开门"), query)


def test_the_commonest_terms_are_left_out_when_there_are_too_many_postings(
    index: Lexical, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexical, "POSTINGS", 1)
    assert np.flatnonzero(index.scores(["哪里", "种"])).tolist() == [3]
