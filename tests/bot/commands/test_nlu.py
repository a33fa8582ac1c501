import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import bot.commands.outcomes
import bot.setup
from bot.commands.labelled import LabelledRow
from bot.commands.nlu import nlu
from bot.commands.outcomes import Became, Outcome
from bot.commands.understanding import Progress
from bot.settings import Settings
from tests.bot.commands.pretending import pretend
from tests.bot.commands.running import fault, invoke, run


@pytest.fixture
def rasa(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(home, monkeypatch)


def write(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def measured(path: Path, label: str) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(run(nlu, "evaluate", path, "--label", label, "--json"))
    return report


@pytest.mark.usefixtures("rasa")
def test_parse_shows_what_matters_and_no_phone() -> None:
    result = json.loads(run(nlu, "parse", "东里3号楼的灯坏了，电话13800000000"))
    assert result["text"] == "东里3号楼的灯坏了，电话138****0000"
    assert (result["intent"]["name"], result["kind"]) == ("report_problem", "request")
    assert len(result["intent_ranking"]) == 5
    assert result["category"] == [{"name": "城乡建设", "confidence": 0.8}]
    assert result["emergency"] is None


@pytest.mark.usefixtures("rasa")
def test_parse_tells_an_emergency() -> None:
    assert json.loads(run(nlu, "parse", "救命啊我家着火了"))["emergency"] == "fire"


@pytest.mark.usefixtures("rasa")
def test_categories_are_measured(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"title": "求助", "text": "灯坏了", "category": "城乡建设"},
        {"text": "太吵了", "category": "城乡建设"},
        {"text": "太吵了", "category": "环境保护"},
    )
    report = measured(path, "category")
    assert (report["n"], report["accuracy"]) == (3, 0.6667)
    assert report["classes"]["环境保护"] == {
        "n": 1, "found": 2, "precision": 0.5, "recall": 1.0, "f1": 0.6667
    }  # fmt: skip


@pytest.mark.usefixtures("rasa")
def test_kinds_follow_from_intents_and_what_begins_no_report_has_none(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"text": "居住证怎么办", "kind": "咨询"},
        {"text": "灯坏了", "kind": "request"},
        {"text": "太吵了", "kind": "投诉"},
        {"text": "您好", "kind": None},
    )
    report = measured(path, "kind")
    assert (report["accuracy"], report["macro_f1"]) == (1, 1)
    assert set(report["classes"]) == {"inquiry", "request", "complaint", "none"}


@pytest.mark.usefixtures("rasa")
def test_an_intent_that_was_not_likely_enough_is_none(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": "啊这", "intent": None}, {"text": "您好", "intent": "greet"})
    assert measured(path, "intent")["accuracy"] == 1


@pytest.mark.usefixtures("rasa")
def test_categories_have_their_calibration_and_the_three_best(tmp_path: Path) -> None:
    report = measured(
        write(
            tmp_path,
            {"text": "灯坏了", "category": "城乡建设"},
            {"text": "灯坏了", "category": "环境保护"},
        ),
        "category",
    )
    assert (report["ece"], report["top3"]) == (0.3, 0.5)


@pytest.mark.usefixtures("rasa")
def test_intents_and_kinds_have_the_confusions_that_hurt(tmp_path: Path) -> None:
    row = {"text": "居住证太难办了吧", "intent": "complain_about_service", "kind": "投诉"}
    path = write(tmp_path, row)
    hurt = {"right": "report", "found": "question", "n": 1, "taken": 1}
    assert hurt in measured(path, "intent")["confusions"]
    assert hurt in measured(path, "kind")["confusions"]
    lines = run(nlu, "evaluate", path, "--label", "kind").splitlines()
    assert "report    question   1  1      1.000" in lines


@pytest.mark.usefixtures("rasa")
def test_what_the_rules_take_for_an_emergency_is_one_whatever_rasa_thinks(tmp_path: Path) -> None:
    row = {"text": "救命啊我家的灯着火了", "intent": "emergency", "kind": None}
    path = write(tmp_path, row)
    assert measured(path, "intent")["accuracy"] == 1
    assert measured(path, "kind")["accuracy"] == 1


@pytest.mark.usefixtures("rasa")
def test_a_report_is_written_beside_the_scores(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": "灯坏了", "category": "环境保护"})
    page = tmp_path / "report.html"
    result = invoke(nlu, ["evaluate", path, "--label", "category", "--json", "--report", page])
    assert json.loads(result.stdout)["n"] == 1
    assert f"report: {page}" in result.stderr
    assert "灯坏了" in page.read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_is_told_before_anything_is_measured(
    tmp_path: Path,
) -> None:
    path = write(tmp_path, {"text": "灯坏了", "emergency": None})
    for place in (tmp_path, tmp_path / "none" / "report.html"):
        told = fault(nlu, "evaluate", path, "--label", "emergency", "--report", place)
        assert told == f"{place}: cannot be written there"


@pytest.mark.usefixtures("rasa")
def test_many_rows_keep_their_order(tmp_path: Path) -> None:
    texts = {"灯坏了": "report_problem", "您好": "greet", "太吵了": "complain_about_service"}
    rows = [{"text": t, "intent": i} for _ in range(15) for t, i in texts.items()]
    path = write(tmp_path, *rows)
    assert measured(path, "intent")["accuracy"] == 1
    told = invoke(nlu, ["evaluate", path, "--label", "intent"]).stderr.splitlines()
    assert told[0] == "starting Rasa …"
    assert told[-1] == "45 of 45 rows"


@pytest.mark.usefixtures("rasa")
def test_no_answer_from_rasa_names_the_row(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": "灯坏了", "intent": None}, {"text": "沉默", "intent": None})
    line = fault(nlu, "evaluate", path, "--label", "intent")
    assert line.startswith(f"{path}, row 2: no answer from Rasa")
    assert "no answer from Rasa" in fault(nlu, "parse", "沉默")


def test_emergencies_are_measured_without_rasa(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"text": "救命啊我家着火了", "emergency": "fire"},
        {"text": "我想问个问题", "emergency": True},
        {"text": "路灯坏了", "emergency": None},
        {"text": "闻到一股很浓的煤气味", "emergency": False},
    )
    report = measured(path, "emergency")
    assert (report["n"], report["recall"], report["false_alarms"]) == (4, 0.5, 1)
    shown = run(nlu, "evaluate", path, "--label", "emergency")
    assert "recall    0.500" in shown
    assert "false alarms  1" in shown


def test_addresses_are_measured_without_rasa(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"text": "云溪家园3号楼的灯坏了", "address": "云溪家园3号楼"},
        {"text": "云溪家园3号楼的灯坏了", "address": "云溪家园"},
        {"text": "您好，请问怎么办", "address": None},
    )
    report = measured(path, "address")
    assert report["exact"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert report["overlap"] == {"precision": 1.0, "recall": 1.0, "f1": 1.0}
    assert "overlap  1.000      1.000   1.000" in run(nlu, "evaluate", path, "--label", "address")


def test_bare_addresses_are_measured_within_sentences_and_part_by_part(tmp_path: Path) -> None:
    parts = [["road", "云溪路"], ["roadno", "12号"]]
    path = write(tmp_path, *[{"address": "云溪路12号", "parts": parts}] * 3)
    report = measured(path, "address")
    assert (report["n"], set(report["parts"])) == (3, {"road", "roadno"})
    assert set(report["parts"]["road"]) == {"n", "precision", "recall", "f1"}
    assert report["parts"]["road"]["n"] == 3
    page = tmp_path / "report.html"
    shown = run(nlu, "evaluate", path, "--label", "address", "--report", page)
    assert re.search(r"^roadno  3 ", shown, re.MULTILINE)
    assert "逐级" in page.read_text(encoding="utf-8")


def test_people_get_a_row_for_each_class(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": "路灯坏了", "emergency": None})
    lines = run(nlu, "evaluate", path, "--label", "emergency").splitlines()
    assert lines[3] == "recall    no emergencies"
    assert lines[-1] == "none   1  1      1.000      1.000   1.000"


def test_bad_rows_are_one_line(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": "灯坏了", "kind": "app"})
    assert f"{path}, row 1: kind 'app'" in fault(nlu, "evaluate", path, "--label", "kind")
    gone = tmp_path / "gone.jsonl"
    assert fault(nlu, "evaluate", gone, "--label", "kind") == f"{gone}: No such file or directory"


@pytest.mark.usefixtures("home")
def test_no_text_and_no_model_are_one_line(tmp_path: Path) -> None:
    assert fault(nlu, "parse", " ") == "nlu parse: the text is empty"
    assert "no model in" in fault(nlu, "parse", "您好")
    path = write(tmp_path, {"text": "您好", "intent": "greet"})
    assert "no model in" in fault(nlu, "evaluate", path, "--label", "intent")


def test_an_unknown_label_is_refused(tmp_path: Path) -> None:
    result = invoke(nlu, ["evaluate", tmp_path, "--label", "mood"])
    assert result.exit_code == 2
    assert "'mood' is not one of 'category', 'kind'" in result.stderr


def test_train_prints_the_model_and_tells_how_it_goes(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train(settings: Settings, say: bot.setup.Say, *, extra: Path | None, force: bool) -> Path:
        say(f"training with {extra}, {force}")
        return settings.models / "new.tar.gz"

    monkeypatch.setattr(bot.setup, "train_rasa", train)
    result = invoke(nlu, ["train", "--extra", "mine.jsonl"])
    assert result.stdout == f"{home / 'models' / 'new.tar.gz'}\n"
    assert result.stderr == "training with mine.jsonl, False\n"


def test_a_worse_model_is_told_with_status_1(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def train(settings: Settings, say: bot.setup.Say, **given: Any) -> Path:
        raise bot.setup.WorseModel("the new model is worse, old.tar.gz stays:\nintent: …")

    monkeypatch.setattr(bot.setup, "train_rasa", train)
    result = invoke(nlu, ["train"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines() == [
        "linli: the new model is worse, old.tar.gz stays:",
        "intent: …",
        "--force takes it all the same",
    ]


@pytest.fixture
def followed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every message of an intent is answered, the others are not understood."""

    async def follow(
        settings: Settings, rows: Sequence[LabelledRow], progress: Progress
    ) -> list[Became]:
        progress(len(rows))
        return [
            Became(r.number, r.label, (Outcome.ANSWERED if r.label else Outcome.NOT_UNDERSTOOD,))
            for r in rows
        ]

    monkeypatch.setattr(bot.commands.outcomes, "follow", follow)


@pytest.mark.usefixtures("followed")
def test_outcomes_are_counted_and_told_row_by_row_on_request(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": "居住证怎么办", "intent": "ask_policy"}, {"text": "放首歌"})
    rows = tmp_path / "became.jsonl"
    counted = json.loads(run(nlu, "outcomes", path, "--json", "--rows", rows))
    assert (counted["n"], counted["served"]) == (2, 0.5)
    told = [json.loads(line) for line in rows.read_text(encoding="utf-8").splitlines()]
    assert told == [
        {"row": 1, "intent": "ask_policy", "outcomes": ["answered"]},
        {"row": 2, "intent": None, "outcomes": ["not_understood"]},
    ]
    result = invoke(nlu, ["outcomes", path])
    assert result.stderr.splitlines() == ["starting the service …", "2 of 2 rows"]
    assert "not_understood  1  0.500" in result.stdout


@pytest.mark.usefixtures("home")
def test_outcomes_of_wrong_rows_or_without_a_model_are_one_line(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": "放首歌", "intent": "music"})
    assert "rows.jsonl, row 1: intent 'music'" in fault(nlu, "outcomes", path)
    path = write(tmp_path, {"text": "放首歌"})
    assert "no model in" in fault(nlu, "outcomes", path)
    assert "cannot be written" in fault(nlu, "outcomes", path, "--rows", tmp_path)


@pytest.mark.usefixtures("home")
def test_train_with_wrong_rows_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, {"text": "灯坏了"})
    expected = f"{path}, row 1: has neither intent nor category"
    assert fault(nlu, "train", "--extra", path) == expected
    assert "gone.jsonl: No such file" in fault(nlu, "train", "--extra", tmp_path / "gone.jsonl")
