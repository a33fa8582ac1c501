"""Deadlines (办理时限) of tickets.

A rule table (``deadlines.yml``) decides by kind, category and urgency how long a ticket may
take; working days follow the Chinese calendar with its swapped weekends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from actions.tickets.calendar import Due, WorkingCalendar
from actions.tickets.ticket import Kind, Urgency

BUILT_IN = Path(__file__).with_name("deadlines.yml")
FIELDS = {"name", "kind", "category", "urgency", "accept", "resolve", "since", "reassign", "source"}


class Since(StrEnum):
    """What the time to resolve is counted from."""

    FILING = "filing"
    ACCEPTANCE = "acceptance"


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a step may take: either hours on the clock or working days."""

    hours: int | None = None
    working_days: int | None = None

    def __post_init__(self) -> None:
        given = [n for n in (self.hours, self.working_days) if n is not None]
        if len(given) != 1 or given[0] < 0:
            raise ValueError("expected either hours or working_days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line of the table.

    Args:
        category: names from the general to the special; fits all categories below it.
        reassign: how long a ticket returned as wrongly assigned may be without a new handler.
        source: the law and article, or 示例 for an example of the model community.
    """

    name: str
    kind: Kind | None = None  # None: any
    category: tuple[str, ...] = ()
    urgency: Urgency | None = None
    accept: Limit
    resolve: Limit
    since: Since = Since.ACCEPTANCE
    reassign: Limit
    source: str


class BadRules(ValueError):
    """The message names file, rule and fault."""


def rule_for(
    rules: Sequence[Rule], *, kind: Kind, category: tuple[str, ...], urgency: Urgency
) -> Rule:
    """The first rule that fits decides, so the table is ordered from special to general."""
    return next(r for r in rules if fits(r, kind, category, urgency))


def fits(rule: Rule, kind: Kind, category: tuple[str, ...], urgency: Urgency) -> bool:
    return (
        rule.kind in (None, kind)
        and rule.category == category[: len(rule.category)]
        and rule.urgency in (None, urgency)
    )


def due(start: datetime, limit: Limit, calendar: WorkingCalendar) -> Due:
    """The latest moment for a step that began at ``start``.

    Args:
        start: timezone-aware.

    Returns:
        In the zone of ``start``. Working days end at 24:00, Beijing time.

    Raises:
        ValueError: ``start`` is naive.
    """
    if start.tzinfo is None:
        raise ValueError("start must carry a timezone")
    if limit.hours is not None:
        return Due(start + timedelta(hours=limit.hours))
    return calendar.end_of_day(start, working_days=limit.working_days or 0)


def load_rules(path: Path = BUILT_IN) -> tuple[Rule, ...]:
    """The rules of a YAML file, in order.

    Raises:
        BadRules: it is not of the form of ``deadlines.yml``, or its last rule does not fit all.
    """
    try:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as fault:
        raise BadRules(f"{path.name}: not YAML: {fault}") from fault
    rows = table.get("rules") if isinstance(table, dict) else None
    if not isinstance(rows, list) or not rows:
        raise BadRules(f"{path.name}: expected a list of rules")
    rules = tuple(read_rule(path.name, n, row) for n, row in enumerate(rows, 1))
    last = rules[-1]
    if last.kind or last.category or last.urgency:
        raise BadRules(f"{path.name}, rule {len(rules)} “{last.name}”: the last must fit all")
    return rules


def read_rule(file: str, n: int, row: object) -> Rule:
    if not isinstance(row, dict):
        raise BadRules(f"{file}, rule {n}: expected fields, found “{row}”")
    where = f"{file}, rule {n} “{row.get('name', '')}”"
    unknown = sorted(set(row) - FIELDS, key=str)
    missing = sorted({"name", "accept", "resolve", "reassign", "source"} - set(row))
    if unknown or missing:
        fault = f"unknown field “{unknown[0]}”" if unknown else f"“{missing[0]}” is missing"
        raise BadRules(f"{where}: {fault}")
    try:
        return rule_of(row)
    except ValueError as fault:
        raise BadRules(f"{where}: {fault}") from fault


def rule_of(row: Mapping[str, Any]) -> Rule:
    category = row.get("category", [])
    if not isinstance(category, list) or not all(isinstance(c, str) for c in category):
        raise ValueError("category must be a list of names")
    return Rule(
        name=str(row["name"]),
        kind=Kind(row["kind"]) if "kind" in row else None,
        category=tuple(category),
        urgency=Urgency(row["urgency"]) if "urgency" in row else None,
        accept=limit_of(row["accept"]),
        resolve=limit_of(row["resolve"]),
        since=Since(row.get("since", Since.ACCEPTANCE)),
        reassign=limit_of(row["reassign"]),
        source=str(row["source"]),
    )


def limit_of(limit: object) -> Limit:
    if not isinstance(limit, dict) or set(limit) - {"hours", "working_days"}:
        raise ValueError(f"expected either hours or working_days, found “{limit}”")
    if not all(type(n) is int for n in limit.values()):
        raise ValueError("hours and working_days are whole numbers")
    return Limit(**limit)
