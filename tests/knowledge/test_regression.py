import numpy as np
import pytest

from knowledge.regression import NEVER, Regression, Rows, bent, fit


@pytest.fixture
def rows() -> Rows:
    return np.random.default_rng(3).normal(size=(400, 4))


def test_what_speaks_for_a_row_makes_it_surer(rows: Rows) -> None:
    right = (rows[:, 0] + rows[:, 1] > 0).tolist()
    low, high = fit(rows, right, [1.0] * len(rows), range(4)).sure(
        np.array([[-1.0] * 4, [1.0] * 4])
    )
    assert low < 0.1 < 0.9 < high


def test_what_speaks_for_a_row_is_never_held_against_it(rows: Rows) -> None:
    found = fit(rows, (rows[:, 0] < 0).tolist(), [1.0] * len(rows), range(4))
    assert min(found.weights) >= 0
    free = fit(rows, (rows[:, 0] < 0).tolist(), [1.0] * len(rows), ())
    assert min(free.weights) < 0


def test_the_first_steps_may_weigh_more_than_the_last(rows: Rows) -> None:
    found = fit(rows, (rows[:, 0] > -1).tolist(), [1.0] * len(rows), range(4))
    low, middle, high = found.sure(np.array([[-2.0, 0, 0, 0], [0.0, 0, 0, 0], [2.0, 0, 0, 0]]))
    assert middle - low > 2 * (high - middle) >= 0


def test_features_behind_those_it_was_fitted_to_do_not_count(rows: Rows) -> None:
    found = fit(rows, (rows[:, 0] > 0).tolist(), [1.0] * len(rows), range(4))
    longer = np.column_stack([rows, np.ones(len(rows))])
    assert np.array_equal(found.sure(longer), found.sure(rows))


def test_a_feature_is_followed_by_what_lies_below_its_knots() -> None:
    assert bent(np.array([[3.0, 1.0]]), [(2.0, 4.0), ()]).tolist() == [[3.0, 2.0, 3.0, 1.0]]


def test_it_survives_being_written_as_json(rows: Rows) -> None:
    found = fit(rows, (rows[:, 2] > 0).tolist(), [1.0] * len(rows), range(4))
    assert Regression.from_json(found.to_json()) == found


def test_never_is_sure_of_nothing() -> None:
    assert NEVER.sure(np.ones((2, 4))).max() < 1e-9
