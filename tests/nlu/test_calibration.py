import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.calibration import BINS, calibration, expected_error

ANSWERS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1)


def test_an_error_computed_by_hand() -> None:
    # Two at 0.9, one of them right: 0.4 off. Two at 0.25 and 0.29, both wrong: 0.27 off.
    bins = calibration([(0.9, True), (0.9, False), (0.25, False), (0.29, False)])
    assert (bins[9].n, bins[9].accuracy) == (2, 0.5)
    assert bins[9].confidence == pytest.approx(0.9)
    assert expected_error(bins) == pytest.approx((2 * 0.4 + 2 * 0.27) / 4)


def test_errors_in_opposite_directions_do_not_cancel_out() -> None:
    assert expected_error(calibration([(0.5, True), (0.8, False)])) == pytest.approx(0.65)


def test_what_is_as_sure_as_it_is_right_has_no_error() -> None:
    assert expected_error(calibration([(0.75, True)] * 3 + [(0.75, False)])) == 0
    assert expected_error(calibration([])) == 0


def test_a_bound_belongs_to_the_bin_above_it_and_1_to_the_last() -> None:
    counted = [b.n for b in calibration([(0.0, True), (0.5, True), (1.0, True)])]
    assert counted == [1, 0, 0, 0, 0, 1, 0, 0, 0, 1]


@given(ANSWERS)
def test_every_answer_lies_in_one_bin_and_the_error_between_0_and_1(
    answers: list[tuple[float, bool]],
) -> None:
    bins = calibration(answers)
    assert len(bins) == BINS
    assert sum(b.n for b in bins) == len(answers)
    assert 0 <= expected_error(bins) <= 1
