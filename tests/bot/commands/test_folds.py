import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.commands import folds
from bot.commands.folds import deal
from bot.commands.labelled import LabelledRow
from bot.commands.nlu import nlu
from tests.bot.commands.pretending import program
from tests.bot.commands.running import fault, run

LAMPS = ["路灯不亮", "路灯坏了", "路灯灭了", "路灯没修"]
NOISE = ["施工太吵", "唱歌太吵", "广场太吵", "半夜太吵"]


@pytest.fixture
def python(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This very Python for Rasa's, and two examples a category for the project's own."""
    home.mkdir(parents=True, exist_ok=True)
    line = f'exec {shlex.quote(sys.executable)} "$@"'
    monkeypatch.setenv("LINLI_RASA_PYTHON", str(program(home, line)))
    monkeypatch.setattr(folds, "CATEGORIES", str(tmp_path / "examples"))
    (tmp_path / "examples").mkdir()
    for name, texts in (("城乡建设", "[路灯, 井盖]"), ("环境保护", "[太吵, 冒烟]")):
        content = f"category: {name}\nexamples: {{一: {texts}}}\n"
        (tmp_path / "examples" / f"{name}.yml").write_text(content, encoding="utf-8")


def write(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def labelled() -> list[dict[str, Any]]:
    return [{"text": text, "category": "城乡建设"} for text in LAMPS] + [
        {"text": text, "category": "环境保护"} for text in NOISE
    ]


@pytest.mark.usefixtures("python")
def test_rows_are_answered_by_models_that_have_not_seen_them(tmp_path: Path) -> None:
    path = write(tmp_path, *labelled())
    told = json.loads(run(nlu, "evaluate", path, "--label", "category", "--folds", 2, "--json"))
    assert (told["n"], told["accuracy"], set(told["classes"])) == (8, 1, {"城乡建设", "环境保护"})
    assert 0 <= told["ece"] <= 1


@pytest.mark.usefixtures("python")
@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"text": "你好", "category": None}, "row 9: has no category"),
        ({"text": "月亮", "category": "天文"}, "row 9: category '天文' is unknown"),
    ],
)
def test_a_row_that_cannot_be_learnt_is_named(
    row: dict[str, Any], words: str, tmp_path: Path
) -> None:
    path = write(tmp_path, *labelled(), row)
    assert words in fault(nlu, "evaluate", path, "--label", "category", "--folds", 2)


@pytest.mark.usefixtures("python")
def test_other_labels_and_too_few_rows_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": "路灯不亮", "category": "城乡建设"})
    assert "too few" in fault(nlu, "evaluate", path, "--label", "category", "--folds", 2)
    assert "--label category" in fault(nlu, "evaluate", path, "--label", "intent", "--folds", 2)


def test_a_training_that_fails_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    path = write(tmp_path, *labelled())
    arguments = ("evaluate", path, "--label", "category", "--folds", 2)
    monkeypatch.setenv("LINLI_RASA_PYTHON", str(program(home, "cat > /dev/null; exit 3")))
    assert "failed" in fault(nlu, *arguments)
    monkeypatch.setenv("LINLI_RASA_PYTHON", str(home / "none"))
    assert "make setup" in fault(nlu, *arguments)


def test_every_class_is_dealt_over_all_folds_whatever_the_order() -> None:
    rows = [LabelledRow(n, f"第{n}句", "一" if n % 3 else "二") for n in range(1, 31)]
    dealt = deal(rows, 5)
    assert [[row.label for row in fold].count("二") for fold in dealt] == [2] * 5
    assert {row.number for fold in dealt for row in fold} == set(range(1, 31))
    assert deal(rows[::-1], 5) == dealt
