from datetime import datetime

import pytest

from nlu.clock import SHANGHAI
from nlu.lengths import read_length

NOW = datetime(2026, 3, 31, 15, 20, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("三天了", "2026-03-28T00:00+08:00/.."),
        ("已经一个月", "2026-02-28T00:00+08:00/.."),
        ("近一周", "2026-03-24T00:00+08:00/2026-03-31T15:20+08:00"),
        ("两小时", "2026-03-31T13:20+08:00/2026-03-31T15:20+08:00"),
        ("三天前", "2026-03-28T00:00+08:00/2026-03-29T00:00+08:00"),
        ("两个多月前", "2025-12-01T00:00+08:00/2026-02-01T00:00+08:00"),
        ("半年前", "2025-09-01T00:00+08:00/2025-10-01T00:00+08:00"),
        ("一个半小时前", "2026-03-31T13:20+08:00/2026-03-31T14:20+08:00"),
        ("三四天前", "2026-03-27T00:00+08:00/2026-03-29T00:00+08:00"),
    ],
)
def test_a_length_is_counted_back_from_now(said: str, written: str) -> None:
    length = read_length(said, NOW)
    assert length is not None
    assert length.isoformat() == written


@pytest.mark.parametrize("said", ["昨天", "三点", "", "三天楼"])
def test_other_expressions_are_no_length(said: str) -> None:
    assert read_length(said, NOW) is None
