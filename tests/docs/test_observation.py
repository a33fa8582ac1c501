"""docs/observation.md asks for metrics that there are, and tells the log as it is."""

import json
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from bot.logs import JsonLines
from bot.settings import ROOT
from channels.marks import Mark, current
from tests.docs.pages import examples, named_rows, page, sections
from tests.docs.test_metrics import METRICS, scraped_as

PAGE = page("observation.md")


def test_only_metrics_that_there_are_are_asked_for() -> None:
    asked = {name.removesuffix("_bucket") for name in re.findall(r"\blinli_\w+", PAGE)}
    assert asked
    assert asked <= {scraped_as(metric) for metric in METRICS}


def test_every_alarm_says_when_and_what() -> None:
    scrape, alarms = (yaml.safe_load(text) for text in examples(PAGE, "yaml"))
    assert scrape["scrape_configs"]
    [group] = alarms["groups"]
    assert len(group["rules"]) == 5
    assert all(rule["alert"] and rule["expr"] for rule in group["rules"])
    assert all(rule["annotations"]["summary"] for rule in group["rules"])


def test_every_fact_of_a_line_is_told_and_no_other() -> None:
    record = logging.LogRecord("bot", logging.ERROR, "x.py", 1, "x", (), None)
    try:
        raise ValueError
    except ValueError:
        record.exc_info = sys.exc_info()
    before = current.set(Mark("web", "1f2e", 12))
    given = json.loads(JsonLines(lambda: "4bf9").format(record))
    current.reset(before)
    told = sections(PAGE)["日志"]
    assert set(named_rows(told)) == set(given)


def test_the_example_of_a_line_is_one() -> None:
    (example,) = examples(PAGE, "json")
    assert set(json.loads(example)) <= set(named_rows(sections(PAGE)["日志"]))


def test_every_step_of_a_trace_is_told_and_no_other() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in sources())
    steps = set(re.findall(r"""spann?e?d?\(\s*f?"([a-z]+\.[a-z]+)""", source))
    told = {name for name in named_rows(sections(PAGE)["追踪"]) if name[0].islower()}
    assert {name.removesuffix(" …") for name in told} == steps


def sources() -> Iterator[Path]:
    for package in ("actions", "bot", "channels", "knowledge"):
        yield from (ROOT / package).rglob("*.py")
