import asyncio
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import trial
from bot.commands import understanding
from bot.commands.labelled import LabelledRow
from bot.commands.rasa_process import RasaFault
from bot.commands.understanding import Parsed
from bot.settings import Settings
from bot.training import Row, TrainingFault
from bot.trial import Comparison, Exam, chance, compare, exams, hold_out, judge, measure, try_out
from tests.bot.commands.pretending import pretend

OWN = tuple(Row(f"路灯{i}号坏了", "report_problem", "城乡建设") for i in range(100))
ROWS = st.lists(
    st.builds(Row, st.text(), st.just("greet"), st.none() | st.just("民政")), max_size=400
)


@given(ROWS, st.sets(st.text()))
def test_what_is_set_aside_is_neither_learnt_now_nor_was_it_before(
    rows: list[Row], learnt: set[str]
) -> None:
    kept, held = hold_out(rows, learnt)
    assert sorted([*kept, *held], key=repr) == sorted(rows, key=repr)
    texts = {row.text for row in held}
    assert not texts & ({row.text for row in kept} | learnt)
    assert len(texts) <= len(rows) // trial.ONE_IN


def test_a_tenth_is_set_aside_and_always_the_same() -> None:
    _, held = hold_out(OWN)
    assert len(held) == 10
    assert hold_out(tuple(reversed(OWN)))[1] == tuple(reversed(held))


def test_of_few_rows_none_is_set_aside_and_of_many_no_more_than_300() -> None:
    assert hold_out(OWN[:19]) == (OWN[:19], ())
    assert len(hold_out(OWN[:20])[1]) == 2
    assert len(hold_out([Row(f"{i}", "greet", None) for i in range(5000)])[1]) == 300


@pytest.fixture
def development(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files: dict[str, list[dict[str, Any]]] = {
        "intents.jsonl": [
            {"text": "灯坏了", "intent": "report_problem", "kind": "request"},
            {"text": "您好", "intent": "greet", "kind": None},
        ],
        "categories.jsonl": [{"title": "灯", "text": "坏了", "category": "城乡建设"}],
    }
    for name, rows in files.items():
        (tmp_path / name).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    monkeypatch.setattr(trial, "DEVELOPMENT", tmp_path)


@pytest.mark.usefixtures("development")
def test_both_development_sets_and_the_rows_set_aside_are_asked() -> None:
    held = [Row("早呀", "greet", None), Row("河又黑了", None, "环境保护")]
    asked = [(exam.name, [row.text for row in exam.rows]) for exam in exams(held, ())]
    assert asked == [
        ("development set, intent", ["灯坏了", "您好"]),
        ("your own rows, intent", ["早呀"]),
        ("development set, category", ["灯\n坏了"]),
        ("your own rows, category", ["河又黑了"]),
    ]


@pytest.mark.usefixtures("development")
def test_what_either_model_was_shown_is_not_asked() -> None:
    assert [exam.name for exam in exams([], {"您好", "灯\n坏了"})] == ["development set, intent"]
    assert [len(exam.rows) for exam in exams([], {"您好", "灯\n坏了"})] == [1]


@pytest.mark.usefixtures("development")
def test_a_damaged_development_set_is_told(tmp_path: Path) -> None:
    (tmp_path / "intents.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(TrainingFault, match=r"intents\.jsonl, row 1: is not JSON"):
        exams([], ())


READ = cache(understanding.danger_in)


@pytest.fixture(autouse=True)
def read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of rows are the same in every test here; each is read for danger once."""
    monkeypatch.setattr(understanding, "danger_in", READ)


def exam(label: str, n: int, *, own: bool = False) -> Exam:
    return Exam(label, own, tuple(LabelledRow(i, f"第{i}件事", "right") for i in range(n)))


def parsed(right: bool, confidence: float = 0.9) -> dict[str, Any]:
    name = "right" if right else "wrong"
    return {
        "intent": {"name": name, "confidence": confidence},
        "category": [{"name": name, "confidence": confidence}],
    }


def compared(given: Exam, old: Sequence[bool], new: Sequence[bool]) -> Comparison:
    answered = [measure([given], [parsed(ok) for ok in each]) for each in (old, new)]
    (comparison,) = compare([given], *answered)
    return comparison


def changed(given: Exam, *, gained: int = 0, lost: int = 0) -> Comparison:
    """The old model has all right but what the new one gains."""
    same = len(given.rows) - gained - lost
    return compared(
        given,
        [True] * same + [False] * gained + [True] * lost,
        [True] * same + [True] * gained + [False] * lost,
    )


def test_exams_are_answered_one_behind_the_other() -> None:
    given = [exam("intent", 2), exam("category", 1)]
    first, second = measure(given, [parsed(True), parsed(False), parsed(False)])
    assert [answer.found for answer in first.answers] == ["right", "wrong"]
    assert [answer.found for answer in second.answers] == ["wrong"]


def test_before_and_after_of_both_labels() -> None:
    intents = changed(exam("intent", 10), gained=2, lost=1)
    assert (intents.gained, intents.lost) == (2, 1)
    assert (intents.before["accuracy"], intents.after["accuracy"]) == (0.8, 0.9)
    assert set(intents.before) == {"accuracy", "macro-F1"}
    categories = changed(exam("category", 10), lost=1)
    assert categories.before["ECE"] == pytest.approx(0.1)
    assert categories.after["ECE"] == pytest.approx(0)


def test_chance_computed_by_hand() -> None:
    assert chance(0, 0) == 1
    assert chance(0, 3) == 1 / 8
    assert chance(1, 2) == 4 / 8
    assert chance(3, 0) == 1


@given(st.integers(0, 400), st.integers(0, 400))
def test_losing_more_is_less_likely_to_be_chance(gained: int, lost: int) -> None:
    assert 0 < chance(gained, lost) <= 1
    assert chance(gained, lost + 1) <= chance(gained, lost)


@pytest.mark.parametrize("label", ["intent", "category"])
def test_a_fall_beyond_tolerance_and_chance_is_worse(label: str) -> None:
    (fault,) = [
        fault for fault in judge([changed(exam(label, 500), lost=15)]).faults if "accuracy" in fault
    ]
    assert fault == (
        f"development set, {label}: accuracy went from 1.000 to 0.970; 1 points are allowed"
    )


@pytest.mark.parametrize(("gained", "lost"), [(0, 0), (30, 0), (0, 4), (20, 30), (16, 30)])
def test_what_is_no_fall_or_may_be_chance_is_not_worse(gained: int, lost: int) -> None:
    assert judge([changed(exam("intent", 1000), gained=gained, lost=lost)]).faults == ()


def test_a_small_loss_is_tolerated_however_sure_it_is() -> None:
    comparison = changed(exam("intent", 5000), lost=40)
    assert comparison.fell
    assert judge([comparison]).faults == ()


def test_own_rows_may_not_fall_beyond_chance() -> None:
    assert judge([changed(exam("category", 30, own=True), lost=6)]).faults == ()
    (fault,) = judge([changed(exam("category", 30, own=True), lost=7)]).faults
    assert fault.startswith("your own rows, category: accuracy went from 1.000 to 0.767")


def test_where_own_rows_gain_the_development_set_may_fall_further_but_not_far() -> None:
    better = changed(exam("category", 100, own=True), gained=20)
    assert judge([changed(exam("category", 500), lost=20)]).faults
    assert judge([better, changed(exam("category", 500), lost=20)]).faults == ()
    assert judge([better, changed(exam("category", 500), lost=30)]).faults
    assert judge([better, changed(exam("intent", 500), lost=20)]).faults


@pytest.mark.parametrize(("gained", "lost", "gaining"), [(8, 1, True), (4, 0, True), (4, 2, False)])
def test_a_gain_must_be_plain_but_not_beyond_doubt(gained: int, lost: int, gaining: bool) -> None:
    own = changed(exam("category", 70, own=True), gained=gained, lost=lost)
    verdict = judge([own, changed(exam("category", 500), lost=20)])
    assert (verdict.faults == ()) == gaining


def test_confidence_that_can_be_believed_less_is_worse() -> None:
    given = exam("category", 100)
    right = [True] * 90 + [False] * 10
    calm = measure([given], [parsed(ok, 0.9) for ok in right])
    brash = measure([given], [parsed(ok, 0.97) for ok in right])
    (fault,) = judge(compare([given], calm, brash)).faults
    assert fault.startswith("development set, category: ECE went from 0.000 to 0.070")
    assert judge(compare([given], brash, calm)).faults == ()


def test_before_and_after_are_shown_with_what_was_gained_and_lost() -> None:
    lines = trial.shown([changed(exam("category", 10), gained=2, lost=1)]).splitlines()
    assert lines[0].split()[-6:] == ["before", "after", "change", "gained", "/", "lost"]
    assert lines[1].split() == [
        "development", "set,", "category", "10", "accuracy", "0.800", "0.900", "+0.100",
        *("2", "/", "1"),
    ]  # fmt: skip
    assert "ECE" in lines[2]


def tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **broken: Exception
) -> tuple[trial.Verdict, list[str]]:
    """An old model that has all wrong, and a new one that has all right."""

    async def answers(
        settings: Settings, model: Path, given: Sequence[Exam], say: trial.Say
    ) -> list[Parsed]:
        if model.name in broken:
            raise broken[model.name]
        return [parsed(model.name == "new") for exam in given for _ in exam.rows]

    monkeypatch.setattr(trial, "answers", answers)
    said: list[str] = []
    given = [exam("intent", 30)]
    settings = Settings(home=tmp_path)
    return try_out(settings, tmp_path / "old", tmp_path / "new", given, said.append), said


def test_both_models_answer_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    verdict, _ = tried(tmp_path, monkeypatch)
    assert verdict.faults == ()
    assert (verdict.comparisons[0].gained, verdict.comparisons[0].lost) == (30, 0)


def test_an_old_model_that_cannot_be_run_any_more_is_no_match(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdict, said = tried(tmp_path, monkeypatch, old=RasaFault("Rasa ended at once"))
    assert verdict == trial.Verdict((), ())
    assert said == ["  old cannot be run any more, so there is no comparison (Rasa ended at once)"]


def test_a_new_model_that_cannot_be_run_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TrainingFault, match="the new model cannot be run: Rasa ended at once"):
        tried(tmp_path, monkeypatch, new=RasaFault("Rasa ended at once"))


def test_a_model_is_asked_in_a_rasa_of_its_own_whatever_the_settings_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    pretend(home, monkeypatch)
    monkeypatch.setenv("LINLI_HOME", str(home))
    monkeypatch.setenv("LINLI_RASA_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("LINLI_RASA_TOKEN", "made-up")
    said: list[str] = []
    lamps = LabelledRow(1, "灯坏了", "report_problem")
    given = [
        Exam("intent", False, (lamps, LabelledRow(2, "您好", "thanks"))),
        Exam("category", True, (LabelledRow(1, "太吵了", "环境保护"),)),
    ]
    model = home / "models" / "one.tar.gz"
    parsed = asyncio.run(trial.answers(Settings(), model, given, said.append))
    assert [one["intent"]["name"] for one in parsed] == [
        "report_problem",
        "greet",
        "complain_about_service",
    ]
    intents, categories = measure(given, parsed)
    assert (intents.scores.accuracy, categories.scores.accuracy) == (0.5, 1)
    assert said[0] == "  one.tar.gz: starting Rasa …"
    assert said[-1] == "  3 of 3 rows"
