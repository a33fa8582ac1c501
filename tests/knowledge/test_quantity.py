import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.quantity import NUMBER, quantity

PLACES = ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十"))
NAMES = "零一二三四五六七八九"


def in_words(number: int) -> str:
    """As it is read out, every zero between said."""
    if number < 10:
        return NAMES[number]
    size, name = next(place for place in PLACES if number >= place[0])
    head, rest = divmod(number, size)
    gap = "零" if rest and rest < size // 10 else ""
    return in_words(head) + name + (gap + in_words(rest) if rest else "")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("12", 12),
        ("1,500", 1500),
        ("1.5万", 15000),
        ("2千", 2000),
        ("半", 0.5),
        ("十", 10),
        ("十五", 15),
        ("两万", 20000),
        ("一万二", 12000),
        ("一万零二", 10002),
        ("三千五", 3500),
        ("一百五", 150),
        ("一亿二千万", 1.2e8),
        ("二〇二五", 2025),
        ("一点五", 1.5),
    ],
)
def test_numbers_are_read_as_they_are_written(said: str, meant: float) -> None:
    assert quantity(said) == meant
    assert re.fullmatch(NUMBER, said)


@given(st.integers(0, 10**9))
def test_every_number_read_out_is_understood(number: int) -> None:
    assert quantity(in_words(number)) == number
    assert quantity(f"{number:,}") == number


@pytest.mark.parametrize("said", ["一二百", "五六千", "十x"])
def test_what_is_no_number_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"not a number|could not convert"):
        quantity(said)
