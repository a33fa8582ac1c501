import pytest

from nlu.repeats import read_repeats


@pytest.mark.parametrize(
    ("said", "stored", "rest"),
    [
        ("每天凌晨", "RRULE:FREQ=DAILY", "凌晨"),
        ("每周一三五", "RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR", ""),
        ("每周一、周四上午", "RRULE:FREQ=WEEKLY;BYDAY=MO,TH", "上午"),
        ("每逢周末", "RRULE:FREQ=WEEKLY;BYDAY=SA,SU", ""),
        ("每周一到周五", "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", ""),
        ("工作日", "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR X-LINLI-DAYS:WORKING", ""),
        ("每月15号", "RRULE:FREQ=MONTHLY;BYMONTHDAY=15", ""),
        ("每年冬天", "RRULE:FREQ=YEARLY;BYMONTH=12,1,2", ""),
        ("每隔两天", "RRULE:FREQ=DAILY;INTERVAL=3", ""),
        ("隔天", "RRULE:FREQ=DAILY;INTERVAL=2", ""),
    ],
)
def test_a_rule_is_read_and_its_hours_left_over(said: str, stored: str, rest: str) -> None:
    rule, left = next(iter(read_repeats(said)))
    assert (rule.isoformat(), left) == (stored, rest)


@pytest.mark.parametrize("said", ["昨天", "", "每周日到周一", "晚上"])
def test_what_comes_back_in_no_known_way_has_no_rule(said: str) -> None:
    assert not [rest for _, rest in read_repeats(said) if not rest]
