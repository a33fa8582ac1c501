import numpy as np
import pytest

from knowledge.confidence import COVERED, FEATURES, SPEAKING_FOR, Calibration, features, fit
from tests.knowledge.corpus import encoder, searcher


@pytest.fixture
def rows() -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.random.default_rng(3).normal(size=(400, FEATURES))


def test_what_speaks_for_a_hit_makes_it_surer(
    rows: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    right = (rows[:, 0] + rows[:, 1] > 0).tolist()
    calibration = fit(rows, right, [1.0] * len(rows))
    weak, strong = np.full(FEATURES, -1.0), np.full(FEATURES, 1.0)
    weak[COVERED] = 0.1
    low, high = calibration.confidence(np.array([weak, strong]))
    assert low < 0.1 < 0.9 < high


def test_without_a_content_word_in_common_a_hit_is_half_as_sure(
    rows: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    calibration = fit(rows, (rows[:, 0] > 0).tolist(), [1.0] * len(rows))
    shared, strange = np.ones(FEATURES), np.ones(FEATURES)
    shared[COVERED], strange[COVERED] = 1e-9, 0
    one, other = calibration.confidence(np.array([shared, strange]))
    assert other == pytest.approx(one / 2)


def test_what_speaks_for_a_hit_is_never_held_against_it(
    rows: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    right = (rows[:, 0] < 0).tolist()
    calibration = fit(rows, right, [1.0] * len(rows))
    assert min(calibration.weights[:SPEAKING_FOR]) >= 0


def test_a_calibration_survives_being_written_as_json(
    rows: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    calibration = fit(rows, (rows[:, 2] > 0).tolist(), [1.0] * len(rows))
    assert Calibration.from_json(calibration.to_json()) == calibration


def test_a_hit_in_its_own_words_has_higher_features_than_the_others() -> None:
    some = searcher()
    assert some.index is not None
    query = some.index.query("游泳馆几点开门？", encoder())
    found = features(some.index, query, some.index.rank(query))
    assert found.shape == (3, FEATURES)
    assert (found[0, :SPEAKING_FOR] > found[1, :SPEAKING_FOR]).all()
