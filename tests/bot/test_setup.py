import json
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from bot import database, setup, training, trial
from bot.settings import Settings
from bot.setup import SetupFault, WorseModel, set_up, train_rasa
from knowledge import pointer
from knowledge.entry import to_content
from knowledge.gate import Verdict
from knowledge.items import get_entry, list_items
from knowledge.manifest import FORMAT
from knowledge.publishing import Published, Refused
from knowledge.store import save_entries
from knowledge.version import content_hash
from nlu.clock import Clock
from tests.knowledge import shelves

ENTRY = """\
topic: 停车
entries:
- id: {id}
  question: {question}
  variants: [在哪里停车, 停车要钱吗, 怎么停车, 车停哪儿]
  answer: {answer}
  source: {{title: 停车管理办法}}
  effective: 2025-01-01
  region: 北京市
  handler: 街道办
"""


class Desk:
    """A home with everything slow replaced by a note that it was asked for."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(home=folder / "home")
        self.content = folder / "content"
        self.content.mkdir()
        self.source = folder / "config.yml"
        self.source.write_text("pipeline: []\n", encoding="utf-8")
        self.said: list[str] = []
        self.trained: list[Sequence[training.Row]] = []
        self.tried: list[tuple[str, tuple[trial.Exam, ...]]] = []
        self.verdict = trial.Verdict((), ())
        self.published = 0
        self.refused: Refused | None = None

    def write(self, id: str, *, question: str = "停车怎么收费", answer: str = "看公示牌") -> None:
        text = ENTRY.format(id=id, question=question, answer=answer)
        (self.content / f"{id}.yml").write_text(text, encoding="utf-8")

    def make(
        self,
        settings: Settings,
        name: str,
        folder: Path,
        say: Callable[[str], None],
        *,
        rows: Sequence[training.Row] = (),
    ) -> Path:
        self.trained.append(rows)
        folder.mkdir()
        model = folder / f"{name}.tar.gz"
        model.write_text(f"{len(self.trained)}", encoding="utf-8")
        return model

    def try_out(
        self,
        settings: Settings,
        old: Path,
        new: Path,
        given: Sequence[trial.Exam],
        say: Callable[[str], None],
    ) -> trial.Verdict:
        self.tried.append((old.name, tuple(given)))
        assert new.exists()
        return self.verdict

    def teach(self, extra: Path | None, **named: bool) -> Path:
        return train_rasa(self.settings, self.said.append, extra=extra, clock=self.clock, **named)

    def models(self) -> list[str]:
        """What lies in the folder of models, unfinished ones as well."""
        return sorted(path.name for path in self.settings.models.iterdir())

    def publish(
        self, settings: Settings, engine: Engine, by: str, clock: Clock, say: setup.Say
    ) -> Published:
        self.published += 1
        if self.refused is not None:
            raise self.refused
        manifest = shelves.publish(settings.home)
        return Published(manifest)

    def clock(self) -> datetime:
        return datetime(2026, 3, 2, 2, 0, len(self.trained), tzinfo=UTC)

    def set_up(self, **changed: Any) -> list[str]:
        """The steps that were taken."""
        self.said.clear()
        set_up(self.settings.model_copy(update=changed), self.said.append, self.clock)
        return [line.split(":")[0] for line in self.said if line.endswith("…")]

    def answers(self) -> dict[str, str]:
        engine = database.open_engine(self.settings.database)
        with database.open_sessions(engine)() as session:
            entries = [get_entry(session, item.id) for item in list_items(session)]
        engine.dispose()
        return {entry.id: entry.answer for entry in entries if entry is not None}

    def edit(self, id: str, answer: str) -> None:
        from knowledge.entry import from_content

        engine = database.open_engine(self.settings.database)
        with database.open_sessions(engine).begin() as session:
            entry = get_entry(session, id)
            assert entry is not None
            edited = from_content({**to_content(entry), "answer": answer})
            assert content_hash(edited) != content_hash(entry)
            save_entries(session, [edited], "小王", self.clock())
        engine.dispose()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk(tmp_path)
    made.write("parking-fee")
    monkeypatch.setattr(setup, "CONTENT", made.content)
    monkeypatch.setattr(training, "make", made.make)
    monkeypatch.setattr(trial, "try_out", made.try_out)
    monkeypatch.setattr(trial, "DEVELOPMENT", tmp_path / "development")
    monkeypatch.setattr(training, "files_of", lambda settings: [made.source])
    monkeypatch.setattr("bot.publishing.publish_approved", made.publish)
    return made


EVERYTHING = ["database", "knowledge", "knowledge", "Rasa"]


def test_a_new_home_gets_everything_and_then_nothing_more(desk: Desk) -> None:
    assert desk.set_up() == EVERYTHING
    assert desk.answers() == {"parking-fee": "看公示牌"}
    assert desk.set_up() == []
    assert desk.said == []


def test_a_home_is_open_to_its_owner_only(desk: Desk) -> None:
    desk.set_up()
    assert desk.settings.home.stat().st_mode & 0o077 == 0


def test_a_changed_pipeline_leads_to_a_training_and_nothing_else(desk: Desk) -> None:
    desk.set_up()
    desk.source.write_text("pipeline: [1]\n", encoding="utf-8")
    assert desk.set_up() == ["Rasa"]


def test_a_model_that_is_gone_is_trained_again(desk: Desk) -> None:
    desk.set_up()
    for model in desk.settings.models.iterdir():
        model.unlink()
    assert desk.set_up() == ["Rasa"]


def test_changed_seeds_are_read_and_published(desk: Desk) -> None:
    desk.set_up()
    desk.write("parking-fee", answer="按小时收费")
    desk.write("parking-place", question="哪里能停车")
    assert desk.set_up() == ["knowledge", "knowledge"]
    assert desk.answers() == {"parking-fee": "按小时收费", "parking-place": "看公示牌"}
    assert desk.published == 2


def test_an_answer_that_was_edited_here_outlives_a_change_of_the_seeds(desk: Desk) -> None:
    desk.write("parking-place", question="哪里能停车")
    desk.set_up()
    desk.edit("parking-fee", "本街道前两小时免费")
    desk.write("parking-fee", answer="按小时收费")
    desk.write("parking-place", question="哪里能停车", answer="地下车库")
    desk.set_up()
    assert desk.answers() == {"parking-fee": "本街道前两小时免费", "parking-place": "地下车库"}
    assert "  1 were changed here and stay as they are" in desk.said


def test_what_editors_change_is_not_published_by_a_set_up(desk: Desk) -> None:
    desk.set_up()
    desk.edit("parking-fee", "本街道前两小时免费")
    assert desk.set_up() == []


def test_a_new_database_is_filled_again(desk: Desk) -> None:
    desk.set_up()
    for file in desk.settings.home.glob("linli.db*"):
        file.unlink()
    assert desk.set_up() == ["database", "knowledge", "knowledge"]
    assert desk.answers() == {"parking-fee": "看公示牌"}


def test_another_encoder_leads_to_another_snapshot(desk: Desk) -> None:
    desk.set_up()
    assert desk.set_up(encoder="some/model") == ["knowledge"]


def test_a_missing_snapshot_is_published_again(desk: Desk) -> None:
    desk.set_up()
    (desk.settings.home / "snapshots" / pointer.POINTER).unlink()
    assert desk.set_up() == ["knowledge"]


def test_a_snapshot_of_another_version_is_published_again(desk: Desk) -> None:
    desk.set_up()
    (manifest,) = (desk.settings.home / "snapshots").glob("*/manifest.json")
    written = manifest.read_text(encoding="utf-8")
    manifest.write_text(written.replace(f'"format": {FORMAT}', '"format": 1'))
    assert desk.set_up() == ["knowledge"]
    assert desk.set_up() == []


def test_another_program_is_published_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.set_up()
    monkeypatch.setattr("knowledge.snapshot.program", lambda: "newer")
    assert desk.set_up() == ["knowledge"]


def test_what_the_gate_refuses_is_told_when_everything_else_is_done(
    desk: Desk, tmp_path: Path
) -> None:
    desk.refused = Refused(Verdict((), (1.0, 0.5), ("recall drops",)), tmp_path / "report.json")
    with pytest.raises(Refused, match="recall drops"):
        desk.set_up()
    assert len(desk.models()) == 1
    desk.refused = None
    assert desk.set_up() == ["knowledge"]


@pytest.mark.parametrize("content", ["", "[]", '{"model": 1}'])
def test_a_damaged_record_costs_time_and_no_more(desk: Desk, content: str) -> None:
    desk.set_up()
    (desk.settings.home / "setup.json").write_text(content, encoding="utf-8")
    assert "Rasa" in desk.set_up()
    assert desk.set_up() == []


def test_what_was_done_before_an_interruption_is_not_done_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*given: Any, **named: Any) -> Path:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(training, "make", stop)
        with pytest.raises(KeyboardInterrupt):
            desk.set_up()
    assert desk.set_up() == ["Rasa"]


def test_seeds_read_before_an_interruption_are_still_published(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*given: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    desk.set_up()
    desk.write("parking-fee", answer="按小时收费")
    with monkeypatch.context() as patched:
        patched.setattr("bot.publishing.publish_approved", stop)
        with pytest.raises(KeyboardInterrupt):
            desk.set_up()
    desk.set_up()
    assert desk.published == 2


@pytest.mark.parametrize(
    "given", [{"rasa_url": "http://rasa:5005", "rasa_token": "made-up"}, {"rasa_model": Path("m")}]
)
def test_no_model_is_trained_where_another_is_used(desk: Desk, given: dict[str, Any]) -> None:
    assert "Rasa" not in desk.set_up(**given)


def test_two_set_ups_of_one_home_do_everything_once(desk: Desk) -> None:
    threads = [threading.Thread(target=desk.set_up) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(desk.trained), desk.published) == (1, 1)


def test_faulty_seeds_are_told_by_file_and_entry(desk: Desk) -> None:
    desk.write("parking-fee", answer='""')
    with pytest.raises(SetupFault, match=r"parking-fee\.yml, entry 1 .*answer is missing"):
        desk.set_up()


def test_a_home_that_cannot_be_written_is_told(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(SetupFault, match="LINLI_HOME names another folder"):
        desk.set_up(home=file / "home")


GREETING = '{"text": "早呀", "intent": "greet"}\n'


@pytest.fixture
def extra(tmp_path: Path) -> Path:
    """A row of one's own."""
    path = tmp_path / "mine.jsonl"
    path.write_text(GREETING, encoding="utf-8")
    return path


def many(path: Path, n: int = 40, word: str = "早") -> Path:
    """So many rows that some are set aside."""
    rows = [{"text": f"{word}呀{i}", "intent": "greet", "category": "民政"} for i in range(n)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def test_rows_of_ones_own_are_kept_for_later_trainings(desk: Desk, extra: Path) -> None:
    desk.set_up()
    model = desk.teach(extra)
    assert model.exists()
    extra.unlink()
    assert desk.set_up() == []
    desk.source.write_text("pipeline: [1]\n", encoding="utf-8")
    assert desk.set_up() == ["Rasa"]
    assert [len(rows) for rows in desk.trained] == [0, 1, 1]


def test_a_training_without_rows_forgets_those_before(desk: Desk, extra: Path) -> None:
    desk.teach(extra)
    desk.teach(None)
    assert "Rasa" not in desk.set_up()
    assert [len(rows) for rows in desk.trained] == [1, 0]


def test_the_kept_rows_can_be_given_again(desk: Desk, extra: Path) -> None:
    desk.teach(extra)
    kept = desk.settings.home / setup.EXTRA
    desk.teach(kept)
    assert kept.read_text(encoding="utf-8") == GREETING


def test_faulty_rows_train_nothing(desk: Desk, extra: Path) -> None:
    extra.write_text('{"text": "早呀", "intent": "nothing"}\n', encoding="utf-8")
    with pytest.raises(SetupFault, match=r"mine\.jsonl, row 1: intent 'nothing' is not known"):
        desk.teach(extra)
    assert desk.trained == []


def test_the_first_model_and_those_of_a_set_up_are_compared_with_none(desk: Desk) -> None:
    desk.teach(None)
    desk.source.write_text("pipeline: [1]\n", encoding="utf-8")
    desk.set_up()
    assert desk.tried == []


def test_rows_set_aside_are_learnt_once_the_trial_is_passed(desk: Desk, tmp_path: Path) -> None:
    first = desk.teach(None)
    second = desk.teach(many(tmp_path / "mine.jsonl"))
    assert [len(rows) for rows in desk.trained] == [0, 36, 40]
    assert second.read_text(encoding="utf-8") == "3"
    ((old, given),) = desk.tried
    assert (old, [len(exam.rows) for exam in given]) == (first.name, [4, 4])


def test_few_rows_are_all_learnt_at_once(desk: Desk, extra: Path) -> None:
    desk.teach(None)
    model = desk.teach(extra)
    assert [len(rows) for rows in desk.trained] == [0, 1]
    assert model.read_text(encoding="utf-8") == "2"
    assert len(desk.tried) == 1


def test_what_the_old_model_has_learnt_is_no_test_of_the_new_one(
    desk: Desk, tmp_path: Path
) -> None:
    desk.teach(many(tmp_path / "mine.jsonl"))
    desk.teach(many(tmp_path / "mine.jsonl"))
    assert [len(rows) for rows in desk.trained] == [40, 40]
    assert desk.tried[0][1] == ()


def test_a_worse_model_leaves_everything_as_it_was(desk: Desk, extra: Path, tmp_path: Path) -> None:
    desk.set_up()
    desk.teach(extra)
    before = desk.models()
    desk.verdict = trial.Verdict((), ("development set, intent: accuracy went down",))
    with pytest.raises(WorseModel, match=f"worse, {before[-1]} stays:\ndevelopment set, intent"):
        desk.teach(many(tmp_path / "others.jsonl"))
    assert desk.models() == before
    assert (desk.settings.home / setup.EXTRA).read_text(encoding="utf-8") == GREETING
    assert desk.set_up() == []


def test_a_worse_model_is_taken_where_that_is_wished(desk: Desk, tmp_path: Path) -> None:
    desk.set_up()
    desk.verdict = trial.Verdict((), ("development set, intent: accuracy went down",))
    model = desk.teach(many(tmp_path / "mine.jsonl"), force=True)
    assert model.name in desk.models()
    assert "taken all the same, as you wish:\ndevelopment set, intent" in "\n".join(desk.said)
    assert desk.set_up() == []


@pytest.mark.parametrize("step", ["make", "try_out", "place"])
def test_a_training_that_is_broken_off_leaves_model_and_rows(
    desk: Desk, extra: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    desk.set_up()
    desk.teach(extra)
    before = desk.models()

    def stop(*given: Any, **named: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(trial if step == "try_out" else training, step, stop)
        with pytest.raises(KeyboardInterrupt):
            desk.teach(many(tmp_path / "others.jsonl"))
    assert desk.models() == before
    assert (desk.settings.home / setup.EXTRA).read_text(encoding="utf-8") == GREETING
    assert desk.set_up() == []
