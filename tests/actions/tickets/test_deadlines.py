from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from actions.tickets.calendar import WorkingCalendar
from actions.tickets.deadlines import (
    BUILT_IN,
    BadRules,
    Limit,
    Since,
    due,
    fits,
    load_rules,
    rule_for,
)
from actions.tickets.ticket import Kind, Urgency
from tests.actions.tickets.desk import at

CALENDAR = WorkingCalendar()
RULES = load_rules()
ONE_DAY = Limit(working_days=1)
MARKET = ("商贸旅游", "市场监管", "商品质量")
moments = st.datetimes(
    *map(datetime.fromisoformat, ("2004-01-01", "2040-01-01")), timezones=st.just(UTC)
)
names = st.sampled_from(sorted({n for rule in RULES for n in rule.category} | {"民政", "政法"}))
categories = st.lists(names, max_size=3).map(tuple)


def test_swapped_weekend_counts_as_a_working_day() -> None:
    friday = at("2026-02-13 10:00")
    assert due(friday, ONE_DAY, CALENDAR).at == at("2026-02-15 00:00")


def test_the_spring_festival_does_not_count() -> None:
    saturday = at("2026-02-14 10:00")
    assert due(saturday, ONE_DAY, CALENDAR).at == at("2026-02-25 00:00")


def test_hours_run_through_nights_and_holidays() -> None:
    assert due(at("2026-02-14 22:00"), Limit(hours=24), CALENDAR).at == at("2026-02-15 22:00")


@given(start=moments, days=st.integers(1, 30))
def test_more_days_never_mean_an_earlier_deadline(start: datetime, days: int) -> None:
    sooner = due(start, Limit(working_days=days), CALENDAR).at
    assert sooner < due(start, Limit(working_days=days + 1), CALENDAR).at


@given(earlier=moments, later=moments, days=st.integers(0, 30))
def test_who_starts_later_is_never_due_earlier(
    earlier: datetime, later: datetime, days: int
) -> None:
    earlier, later = sorted([earlier, later])
    limit = Limit(working_days=days)
    assert due(earlier, limit, CALENDAR).at <= due(later, limit, CALENDAR).at


@given(kind=st.sampled_from(Kind), category=categories, urgency=st.sampled_from(Urgency))
def test_every_ticket_has_a_rule_and_the_first_that_fits_decides(
    kind: Kind, category: tuple[str, ...], urgency: Urgency
) -> None:
    rule = rule_for(RULES, kind=kind, category=category, urgency=urgency)
    before = RULES[: RULES.index(rule)]
    assert fits(rule, kind, category, urgency)
    assert not any(fits(r, kind, category, urgency) for r in before)


def test_a_consumer_complaint_has_the_seven_working_days_of_the_law_from_filing() -> None:
    rule = rule_for(RULES, kind=Kind.COMPLAINT, category=MARKET, urgency=Urgency.NORMAL)
    assert (rule.resolve, rule.since) == (Limit(working_days=7), Since.FILING)
    assert "第四十六条" in rule.source


def test_urgency_goes_before_kind_and_category() -> None:
    rule = rule_for(RULES, kind=Kind.COMPLAINT, category=MARKET, urgency=Urgency.CRITICAL)
    assert rule.resolve == Limit(hours=24)


def test_a_category_fits_what_lies_below_it_only() -> None:
    rule = next(r for r in RULES if r.category == MARKET[:2])
    assert fits(rule, Kind.COMPLAINT, MARKET, Urgency.NORMAL)
    assert not fits(rule, Kind.COMPLAINT, MARKET[:1], Urgency.NORMAL)
    assert not fits(rule, Kind.COMPLAINT, ("商贸旅游", "旅游管理"), Urgency.NORMAL)


def test_every_built_in_rule_names_a_law_or_says_it_is_an_example() -> None:
    assert all("示例" in r.source or "《" in r.source for r in RULES)


def test_a_naive_start_is_refused() -> None:
    with pytest.raises(ValueError, match="timezone"):
        due(datetime(2026, 3, 2), ONE_DAY, CALENDAR)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("n", "field", "value", "fault"),
    [
        (0, "urgency", "soon", "'soon'"),
        (1, "kind", "wish", "'wish'"),
        (0, "accept", {"hours": 1, "working_days": 1}, "either hours or working_days"),
        (0, "accept", {}, "either hours or working_days"),
        (0, "accept", {"hours": -1}, "either hours or working_days"),
        (0, "accept", {"hours": "two"}, "whole numbers"),
        (0, "accept", {"weeks": 1}, "weeks"),
        (0, "accept", 24, "found “24”"),
        (0, "category", "民政", "list of names"),
        (0, "since", "birth", "birth"),
        (0, "colour", "red", "unknown field “colour”"),
        (-1, "kind", "praise", "last must fit all"),
    ],
)
def test_a_bad_rule_is_named(tmp_path: Path, n: int, field: str, value: object, fault: str) -> None:
    table = yaml.safe_load(BUILT_IN.read_text(encoding="utf-8"))
    table["rules"][n][field] = value
    path = tmp_path / "limits.yml"
    path.write_text(yaml.safe_dump(table, allow_unicode=True), encoding="utf-8")
    with pytest.raises(BadRules, match=rf"limits\.yml, rule \d+ .*{fault}"):
        load_rules(path)


@pytest.mark.parametrize("content", ["", "rules: []", "rules: 7", "[]", "{", "rules: [soon]"])
def test_a_file_without_rules_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "limits.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadRules, match=r"limits\.yml"):
        load_rules(path)


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    path = tmp_path / "limits.yml"
    path.write_text("rules: [{name: 其他, accept: {hours: 1}}]", encoding="utf-8")
    with pytest.raises(BadRules, match="rule 1 “其他”: “reassign” is missing"):
        load_rules(path)
