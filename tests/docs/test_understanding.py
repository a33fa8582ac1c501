"""docs/understanding.md has every component of both pipelines, and an example that is taken."""

import re
from pathlib import Path

import pytest
import yaml

from bot.commands.outcomes import Outcome
from bot.settings import ROOT
from bot.training import read_rows
from bot.trial import TOLERANCES
from nlu.confusions import HURTFUL
from tests.docs.pages import CODE, examples, named_rows, page, rows, sections

PIPELINES = ("config.yml", "config-diet.yml")


def parts(name: str) -> list[str]:
    """Components and policies of a pipeline."""
    config = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return [part["name"] for part in (*config["pipeline"], *config["policies"])]


@pytest.mark.parametrize("part", sorted({part for name in PIPELINES for part in parts(name)}))
def test_every_component_and_policy_is_told(part: str) -> None:
    assert part in CODE.findall(page("understanding.md"))


@pytest.mark.parametrize("name", PIPELINES)
def test_both_pipelines_are_told(name: str) -> None:
    assert f"`{name}`" in page("understanding.md")


def test_the_example_of_a_row_to_learn_is_taken(tmp_path: Path) -> None:
    (example,) = examples(page("understanding.md"), "json")
    file = tmp_path / "rows.jsonl"
    file.write_text(example, encoding="utf-8")
    (row,) = read_rows(file)
    assert (row.intent, row.category) == ("report_problem", "交通运输")


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_told(outcome: Outcome) -> None:
    assert outcome.value in named_rows(sections(page("understanding.md"))["去向"])


def test_the_confusions_that_hurt_and_what_may_fall_are_told() -> None:
    said = sections(page("understanding.md"))
    assert len(rows(said["看一句、量一批"])) == 2 + sum(map(len, HURTFUL.values()))
    told = [line for line in rows(said["更差的不换"]) if line[0].startswith("开发集")]
    allowed = [list(map(int, re.findall(r"(\d+) 个", line[1]))) for line in told]
    intent, category = TOLERANCES["intent"], TOLERANCES["category"]
    assert intent["accuracy"] == category["accuracy"]
    in_turn = (intent["accuracy"], intent["macro-F1"], category["ECE"])
    assert allowed == [[round(100 * t.alone), round(100 * t.gaining)] for t in in_turn]
