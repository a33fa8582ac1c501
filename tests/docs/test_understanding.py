"""docs/understanding.md has every component of both pipelines, and an example that is taken."""

from pathlib import Path

import pytest
import yaml

from bot.settings import ROOT
from bot.training import read_rows
from tests.docs.pages import CODE, examples, page

PIPELINES = ("config.yml", "config-diet.yml")


def parts(name: str) -> list[str]:
    """Components and policies of a pipeline."""
    config = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return [part["name"] for part in (*config["pipeline"], *config["policies"])]


@pytest.mark.parametrize("part", sorted({part for name in PIPELINES for part in parts(name)}))
def test_every_component_and_policy_is_told(part: str) -> None:
    assert part in CODE.findall(page("understanding.md"))


@pytest.mark.parametrize(
    "entity", yaml.safe_load((ROOT / "bot/domain/intents.yml").read_text("utf-8"))["entities"]
)
def test_every_entity_is_told(entity: str) -> None:
    assert entity in CODE.findall(page("understanding.md"))


@pytest.mark.parametrize("name", PIPELINES)
def test_both_pipelines_are_told(name: str) -> None:
    assert f"`{name}`" in page("understanding.md")


def test_the_example_of_a_row_to_learn_is_taken(tmp_path: Path) -> None:
    (example,) = examples(page("understanding.md"), "json")
    file = tmp_path / "rows.jsonl"
    file.write_text(example, encoding="utf-8")
    (row,) = read_rows(file)
    assert (row.intent, row.category) == ("report_problem", "交通运输")
