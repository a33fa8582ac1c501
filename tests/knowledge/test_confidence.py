from dataclasses import replace

import numpy as np
import pytest

from knowledge.confidence import (
    CONSIDERED,
    COVERED,
    FEATURES,
    RISING,
    SPEAKING_FOR,
    Calibration,
    Considered,
    consider,
)
from knowledge.index import Index
from knowledge.regression import NEVER, fit
from knowledge.search import items_of
from tests.knowledge.corpus import ENTRIES, encoder, searcher
from tests.knowledge.documents import document_of

RULES = document_of(
    "第一条 游泳馆不得在雨天开放。\n第二条 图书馆应当每天开放。\n第三条 打气筒可以借用一天。\n"
    "第四条 花种交换由居民自己安排。"
)


def considered(*rows: list[float], written: bool = False) -> Considered:
    return Considered(np.array(rows), np.arange(len(rows)), np.full(len(rows), written))


@pytest.fixture
def calibration() -> Calibration:
    rows = np.random.default_rng(3).normal(size=(400, FEATURES))
    right = (rows[:, 0] > 0).tolist()
    spoken = fit(rows, right, [1.0] * len(rows), range(SPEAKING_FOR))
    return Calibration(spoken, NEVER, 0.5, 0.3)


def test_without_a_content_word_in_common_a_hit_is_half_as_sure(calibration: Calibration) -> None:
    shared, strange = [1.0] * FEATURES, [1.0] * FEATURES
    shared[COVERED], strange[COVERED] = 1e-9, 0
    one, other = calibration.confidence(considered(shared, strange))
    assert other == pytest.approx(one / 2, rel=1e-6)


def test_each_kind_of_hit_has_a_regression_of_its_own(calibration: Calibration) -> None:
    strong = [1.0] * FEATURES
    assert calibration.confidence(considered(strong))[0] > 0.9
    assert calibration.confidence(considered(strong, written=True))[0] < 1e-9


def test_a_passage_speaks_for_the_entry_that_rests_on_it_and_against_another() -> None:
    rows = np.random.default_rng(3).normal(size=(400, FEATURES + 2))
    spoken = fit(rows, (rows[:, -2] + rows[:, -1] > 0).tolist(), [1.0] * 400, RISING)
    written = fit(rows[:, :FEATURES], (rows[:, 0] > 0).tolist(), [1.0] * 400, RISING)
    calibration = Calibration(spoken, written, 0.5, 0.3)
    found = Considered(np.ones((2, FEATURES)), np.arange(2), np.array([False, True]))
    on_it = np.array([[False, True], [False, False]])
    rested = calibration.confidence(replace(found, rests=on_it))
    other = calibration.confidence(found)
    assert rested[0] > other[0]
    assert rested[1] == other[1] > 0.9
    passage = other[1]
    assert calibration.rows(found)[0, FEATURES:].tolist() == [0, -passage]
    assert calibration.rows(replace(found, rests=on_it))[0, FEATURES:].tolist() == [passage, 0]


def test_one_that_was_learnt_without_regard_to_passages_is_used_as_it_is(
    calibration: Calibration,
) -> None:
    assert len(calibration.spoken.knots) == FEATURES
    found = considered([1.0] * FEATURES)
    assert np.array_equal(calibration.confidence(found), calibration.spoken.sure(found.rows))


def test_a_calibration_survives_being_written_as_json(calibration: Calibration) -> None:
    assert Calibration.from_json(calibration.to_json()) == calibration


def test_one_of_another_version_is_not_read() -> None:
    with pytest.raises(KeyError):
        Calibration.from_json({"mean": [], "scale": [], "weights": [], "bias": 0})


def test_a_hit_in_its_own_words_has_higher_features_than_the_others() -> None:
    some = searcher()
    assert some.index is not None
    query = some.index.query("游泳馆几点开门？", encoder())
    found = consider(some.index, query, some.index.rank(query))
    assert found.rows.shape == (CONSIDERED, FEATURES)
    assert (found.rows[0, :SPEAKING_FOR] > found.rows[1, :SPEAKING_FOR]).all()


def test_passages_make_no_entry_less_sure() -> None:
    alone = Index.build(items_of(ENTRIES), encoder())
    beside = Index.build(items_of([*ENTRIES, *RULES.entries()]), encoder())
    ahead = []
    for index in (alone, beside):
        query = index.query("游泳馆几点开门？", encoder())
        found = consider(index, query, index.rank(query))
        ahead.append(found.rows[~found.written][0, 8])
    assert ahead[0] == pytest.approx(ahead[1])
    assert found.written.sum() == CONSIDERED
    assert list(found.places) == sorted(found.places)
