from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.days import day, days, plain
from knowledge.files.numbering import chinese


@pytest.mark.parametrize(
    "said",
    ["2022年6月5日", "2022年06月05日", "二〇二二年六月五日", "二○二二年六月五日", "2022-06-05",
     "2022/6/5", "2022.6.5", "2022 年 6 月 5 日", "２０２２年６月５日", "二零二二年六月五日"],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(said: str) -> None:
    assert [when for _, _, when in days(plain(f"自{said}起"))] == [date(2022, 6, 5)]


@pytest.mark.parametrize(
    "said", ["2022年13月5日", "2022年2月30日", "0022年1月1日", "一二年三月四日", "五月六日"]
)
def test_what_the_calendar_has_not_is_no_day(said: str) -> None:
    assert list(days(plain(said))) == []
    assert day(said) is None


@given(st.dates(date(1901, 1, 1), date(2099, 12, 31)))
def test_every_day_in_chinese_numerals_is_read(when: date) -> None:
    year = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(when.year))
    assert day(f"{year}年{chinese(when.month)}月{chinese(when.day)}日") == when


@given(st.text(max_size=200))
def test_any_text_can_be_searched_for_days(text: str) -> None:
    for start, end, _ in days(plain(text)):
        assert 0 <= start < end
