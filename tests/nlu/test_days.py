from datetime import datetime

import pytest

from nlu.clock import SHANGHAI
from nlu.dates import Today
from nlu.days import read_day

TODAY = Today(datetime(2026, 1, 3, 9, tzinfo=SHANGHAI))
"""A Saturday."""


def days(said: str, today: Today = TODAY) -> str:
    start, end = read_day(said, today)
    return f"{start:%Y-%m-%d}/{end:%Y-%m-%d}"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("昨天", "2026-01-02/2026-01-03"),
        ("大后天", "2026-01-06/2026-01-07"),
        ("昨儿个", "2026-01-02/2026-01-03"),
        ("上周三", "2025-12-24/2025-12-25"),
        ("周日", "2025-12-28/2025-12-29"),
        ("这周末", "2026-01-03/2026-01-05"),
        ("上个月底", "2025-12-21/2026-01-01"),
        ("上个月31号", "2025-12-31/2026-01-01"),
        ("12月中旬", "2025-12-11/2025-12-21"),
        ("去年年底", "2025-11-01/2026-01-01"),
        ("去年冬天", "2025-12-01/2026-03-01"),
        ("2025.12.30", "2025-12-30/2025-12-31"),
        ("31号", "2025-12-31/2026-01-01"),
        ("大年三十", "2025-01-28/2025-01-29"),
        ("腊月二十三", "2025-01-22/2025-01-23"),
        ("去年国庆期间", "2025-10-01/2025-10-09"),
        ("春节前后", "2025-01-25/2025-02-08"),
        ("前几天", "2025-12-27/2026-01-03"),
    ],
)
def test_days_are_read_across_the_turn_of_the_year(said: str, meant: str) -> None:
    assert days(said) == meant


def test_days_to_come_are_the_nearest_ahead() -> None:
    ahead = Today(TODAY.now, ahead=True)
    assert days("周日", ahead) == "2026-01-04/2026-01-05"
    assert days("大年三十", ahead) == "2026-02-16/2026-02-17"
    assert days("31号", ahead) == "2026-01-31/2026-02-01"


@pytest.mark.parametrize("said", ["", "2月30号", "13月", "哪天", "去年2月30日"])
def test_days_there_are_not_are_refused(said: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_day(said, TODAY)
