from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.encoder import StaticEncoder, random_rows
from knowledge.gaps import Gap, GapKind, Noted
from knowledge.grouping import NEAR, group, put_together
from tests.knowledge.editing import NOW

ENCODER = StaticEncoder(random_rows(), "random")


def noted(*gaps: Gap) -> list[Noted]:
    return [Noted(n, NOW + timedelta(hours=n), gap) for n, gap in enumerate(gaps, start=1)]


def unknown(text: str, *nearest: tuple[str, float]) -> Gap:
    return Gap(GapKind.UNKNOWN, text, nearest)


def test_the_same_question_is_one_group_with_a_count_and_what_is_asked_most_comes_first() -> None:
    gaps = noted(
        unknown("护照到期了去哪儿换"), unknown("养猫要办证吗"), unknown("护照到期了去哪儿换呀")
    )
    first, second = group(gaps, ENCODER)
    assert (first.number, first.count(), first.texts) == (
        1,
        2,
        ("护照到期了去哪儿换", "护照到期了去哪儿换呀"),
    )
    assert (first.first, first.last) == (gaps[0].at, gaps[2].at)
    assert first.count(since=gaps[2].at) == 1
    assert second.numbers == (2,)


def test_what_found_the_same_entry_lies_nearer() -> None:
    one, other = unit(1, 0), unit(NEAR - 0.2, 1)
    assert len(put_together(np.stack([one, other]), [None, None])) == 2
    assert len(put_together(np.stack([one, other]), ["a", "a"])) == 1
    assert len(put_together(np.stack([one, other]), ["a", "b"])) == 2


def test_a_group_shows_the_nearest_entries_and_the_one_that_operators_name() -> None:
    right = Gap(GapKind.CORRECTION, "养猫要办证吗", entry="cats")
    gaps = noted(unknown("养猫要办证吗", ("dogs", 0.4), ("birds", 0.1)), right)
    [found] = group(gaps, ENCODER)
    assert found.nearest == (("dogs", 0.2), ("birds", 0.05))
    assert found.right == "cats"
    assert found.count(GapKind.CORRECTION) == 1


def test_a_group_tells_where_it_comes_again() -> None:
    before = [Noted(1, NOW, unknown("养猫要办证吗"), NOW, "cats")]
    again, fresh = group(noted(unknown("养猫要办证吗"), unknown("护照在哪换")), ENCODER, before)
    assert {again.before, fresh.before} == {"cats", None}


def unit(*values: float) -> np.ndarray:
    height = np.sqrt(1 - values[0] ** 2) if len(values) > 1 and values[1] else 0.0
    return np.array([values[0], height], dtype=np.float32)


@given(
    st.lists(st.sampled_from(["护照换发", "养猫办证", "护照在哪换", "借书", "猫证"]), max_size=12),
    st.lists(st.sampled_from(["护照换发", "猫证", "停水"]), max_size=4),
)
def test_what_comes_later_moves_nothing_that_came_before(
    asked: Sequence[str], later: Sequence[str]
) -> None:
    gaps = noted(*(unknown(text) for text in (*asked, *later)))
    before = {g.number: g.numbers for g in group(gaps[: len(asked)], ENCODER)}
    after = {g.number: g.numbers for g in group(gaps, ENCODER)}
    assert sorted(n for numbers in after.values() for n in numbers) == [g.number for g in gaps]
    for number, members in before.items():
        assert after[number][: len(members)] == members
