import pytest

from nlu.hours import PARTS, Hours, read_hours


@pytest.mark.parametrize(
    ("parts", "clock", "start", "end"),
    [
        ("下午", "三点", 15 * 60, 16 * 60),
        ("晚上", "十一点多", 23 * 60, 24 * 60),
        ("晚上", "12点", 24 * 60, 25 * 60),
        ("半夜", "两点", 26 * 60, 27 * 60),
        ("凌晨", "12点半", 30, 31),
        ("中午", "一点", 13 * 60, 14 * 60),
        ("上午", "快十点", 9 * 60 + 30, 10 * 60),
        ("", "20:15", 20 * 60 + 15, 20 * 60 + 16),
        ("", "十五点左右", 14 * 60 + 30, 15 * 60 + 30),
        ("早高峰", "", 7 * 60, 9 * 60),
        ("晚上凌晨", "两点", 26 * 60, 27 * 60),
    ],
)
def test_hours_are_minutes_of_the_day_they_belong_to(
    parts: str, clock: str, start: int, end: int
) -> None:
    hours = read_hours(parts, clock)
    assert hours is not None
    assert (hours.start, hours.end, hours.sure) == (start, end, True)


def test_an_hour_without_its_part_of_the_day_is_not_sure() -> None:
    assert read_hours("", "八点") == Hours(480, 540, sure=False, at=480)


@pytest.mark.parametrize("clock", ["25点", "楼下", "十点八十分"])
def test_what_is_no_time_of_day_is_refused(clock: str) -> None:
    with pytest.raises(ValueError, match="not a time of day"):
        read_hours("", clock)


def test_nothing_said_is_no_hours() -> None:
    assert read_hours("", "") is None


def test_every_part_of_the_day_begins_in_it() -> None:
    assert all(0 <= start <= 24 and start < end <= 30 for start, end in PARTS.values())
