"""``linli setup``: database, seed knowledge, encoder and snapshot, Rasa's model.

What every step was made from is kept as a hash in ``<home>/setup.json``; a step whose sources are
still the same is passed over. Every step may be broken off and repeated.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from bot import database, training
from bot.settings import ROOT, Settings
from nlu.clock import Clock, system_clock

if TYPE_CHECKING:
    from knowledge.publishing import Refused

CONTENT = ROOT / "knowledge" / "content"
EXTRA = "extra.jsonl"
"""Rows of one's own, kept in the home folder so that a later training takes them too."""

Say = Callable[[str], None]


class SetupFault(Exception):
    """Set-up cannot go on; the message says what is to be done."""


class Record:
    """What was set up, and from what; ``step`` by ``step``, written at once."""

    def __init__(self, home: Path) -> None:
        self.path = home / "setup.json"
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            content = {}
        self.steps: dict[str, dict[str, Any]] = content if isinstance(content, dict) else {}

    def get(self, step: str) -> dict[str, Any]:
        found = self.steps.get(step)
        return found if isinstance(found, dict) else {}

    def put(self, step: str, **content: Any) -> None:
        self.steps[step] = content
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self.steps, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(fresh, self.path)


def set_up(settings: Settings, say: Say, clock: Clock = system_clock) -> None:
    """Brings the home folder up to date; nothing happens where nothing changed.

    Two processes may do it at once: the second waits, and finds it done.

    Raises:
        SetupFault: a step failed; those before it are done and stay so.
        Refused: the gate does not let the knowledge through; everything else is done.
    """
    with _alone(settings.home, say):
        record = Record(settings.home)
        with _faults():
            _make_tables(settings, say)
            refused = _make_knowledge(settings, record, say, clock)
            _make_model(settings, record, say, clock)
    if refused is not None:
        raise refused


class WorseModel(Exception):
    """The model just trained is worse than the one in use, which stays, with all it learnt."""


def train_rasa(
    settings: Settings,
    say: Say,
    *,
    extra: Path | None = None,
    force: bool = False,
    clock: Clock = system_clock,
) -> Path:
    """Trains Rasa's model in any case; it takes its place unless it is worse than the last one.

    Args:
        extra: JSON lines ``{text, title?, intent?, category?}`` learnt beside the project's own
            examples. They are kept for later trainings, until one is asked for without them.
        force: it takes its place all the same.

    Raises:
        SetupFault: rows of ``extra`` are wrong, or Rasa failed; the model before it stays.
        WorseModel: ``bot.trial`` says in what; the model before it stays.
    """
    with _alone(settings.home, say), _faults():
        rows = training.read_rows(extra, taxonomy=settings.taxonomy) if extra is not None else ()
        key = _model_key(settings, extra)
        name = training.model_name(clock(), key)
        with training.scratch(settings) as folder:
            learnt = folder / EXTRA
            if extra is not None:
                shutil.copyfile(extra, learnt)
            made = _make_better(settings, name, folder, rows, say, force=force)
            model = training.place(settings, made)
            if extra is not None:
                os.replace(learnt, settings.home / EXTRA)
            else:
                (settings.home / EXTRA).unlink(missing_ok=True)
        Record(settings.home).put("model", key=key, name=model.name)
        return model


def _make_better(
    settings: Settings,
    name: str,
    folder: Path,
    rows: Sequence[training.Row],
    say: Say,
    *,
    force: bool,
) -> Path:
    """A model from all the rows; one without those set aside is tried first, if there is an old."""
    from bot import trial

    before = next(reversed(training.models(settings)), None)
    if before is None:
        return _make(settings, name, folder / "all", rows, say)
    learnt = training.texts_of(settings.home / EXTRA)
    shown, held = trial.hold_out(rows, learnt)
    made = _make(settings, name, folder / "tried", shown, say)
    seen = learnt | {row.text for row in rows}
    with _step(f"Rasa: comparing it with {before.name}, {len(held)} of your rows set aside", say):
        verdict = trial.try_out(settings, before, made, trial.exams(held, seen), say)
    if verdict.comparisons:
        say(trial.shown(verdict.comparisons))
    if verdict.faults:
        said = "\n".join(verdict.faults)
        if not force:
            raise WorseModel(f"the new model is worse, {before.name} stays:\n{said}")
        say(f"the new model is worse; it is taken all the same, as you wish:\n{said}")
    return _make(settings, name, folder / "all", rows, say) if held else made


def _make(
    settings: Settings, name: str, folder: Path, rows: Sequence[training.Row], say: Say
) -> Path:
    also = f" with {len(rows)} rows of your own" if rows else ""
    with _step(f"Rasa: training {settings.rasa_config}{also}", say):
        return training.make(settings, name, folder, say, rows=rows)


def _make_tables(settings: Settings, say: Say) -> None:
    if database.is_current(settings.database):
        return
    with _step("database: making its tables", say):
        database.migrate(settings.database)


def _make_knowledge(settings: Settings, record: Record, say: Say, clock: Clock) -> "Refused | None":
    """Seeds and snapshot; given back is the gate's refusal, which keeps nobody from the rest."""
    from knowledge.publishing import Refused

    engine = database.open_engine(settings.database)
    try:
        _import_seeds(settings, database.open_sessions(engine), record, say, clock)
        _publish(settings, engine, record, say, clock)
    except Refused as refused:
        return refused
    finally:
        engine.dispose()
    return None


def _import_seeds(
    settings: Settings, sessions: sessionmaker[Session], record: Record, say: Say, clock: Clock
) -> None:
    from bot.seeds import plant
    from knowledge.importers import read_paths
    from knowledge.items import is_empty

    before = record.get("seeds")
    key = _hash_of(_files(CONTENT), settings.database)
    with sessions.begin() as session:
        if not is_empty(session) and before.get("key") == key:
            return
    with _step("knowledge: reading the seed entries", say):
        entries = read_paths([CONTENT])
        record.put("snapshot")
        with sessions.begin() as session:
            planted = plant(session, entries, before.get("entries", {}), clock())
        saved = planted.saved
        say(f"  {len(entries)} entries: {saved.added} new, {saved.changed} changed")
        if planted.kept:
            say(f"  {planted.kept} were changed here and stay as they are")
        record.put("seeds", key=key, entries=dict(planted.hashes))


def _publish(settings: Settings, engine: Engine, record: Record, say: Say, clock: Clock) -> None:
    """Publishes after new seeds, word lists or program only; editors publish what they change."""
    from bot.publishing import publish_approved, summary
    from bot.seeds import REVIEWER
    from knowledge import pointer, snapshot
    from knowledge.analysis import fingerprint

    model = "" if settings.encoder == "static" else settings.encoder
    wanted = repr((model, settings.encoder_instruction, fingerprint(), snapshot.program()))
    key = hashlib.sha256(wanted.encode()).hexdigest()
    if record.get("snapshot").get("key") == key and pointer.readable(settings.home):
        return
    with _step("knowledge: encoder, index and gate", say):
        published = publish_approved(
            settings, engine, REVIEWER, clock, lambda line: say(f"  {line}")
        )
        for line in summary(published.verdict) if published.verdict is not None else ():
            say(f"  {line}")
        record.put("snapshot", key=key)


def _make_model(settings: Settings, record: Record, say: Say, clock: Clock) -> None:
    if settings.rasa_url is not None or settings.rasa_model is not None:
        return
    kept = settings.home / EXTRA
    extra = kept if kept.exists() else None
    made = record.get("model")
    there = (settings.models / str(made.get("name", "-"))).is_file()
    if not there or made.get("key") != _model_key(settings, extra):
        _train(settings, record, extra, say, clock)


def _train(settings: Settings, record: Record, extra: Path | None, say: Say, clock: Clock) -> None:
    """What the sources say is taken without a trial."""
    key = _model_key(settings, extra)
    rows = training.read_rows(extra, taxonomy=settings.taxonomy) if extra is not None else ()
    with training.scratch(settings) as folder:
        made = _make(settings, training.model_name(clock(), key), folder / "all", rows, say)
        model = training.place(settings, made)
    record.put("model", key=key, name=model.name)


def _model_key(settings: Settings, extra: Path | None) -> str:
    own = hashlib.sha256(extra.read_bytes()).hexdigest() if extra is not None else ""
    return _hash_of(training.files_of(settings), own)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _hash_of(files: Iterable[Path], *parts: str) -> str:
    digest = hashlib.sha256(repr(parts).encode())
    for path in files:
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@contextlib.contextmanager
def _alone(home: Path, say: Say) -> Iterator[None]:
    """Waits until no other process sets up the same home; the folder is its owner's alone."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = (home / "setup.lock").open("w")
    except OSError as error:
        raise SetupFault(
            f"{home} cannot be written to ({error.strerror}); LINLI_HOME names another folder"
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up of the same folder is running; waiting for it …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _step(what: str, say: Say) -> Iterator[None]:
    say(f"{what} …")
    begun = time.monotonic()
    yield
    say(f"  done in {time.monotonic() - begun:.0f} s")


@contextlib.contextmanager
def _faults() -> Iterator[None]:
    """Whatever a step may meet, as a fault with the words it came with."""
    from knowledge.encoder import EncoderError
    from knowledge.house import HouseError
    from knowledge.importers import ImportFault
    from knowledge.manifest import SnapshotError
    from knowledge.version import ReviewFault

    expected = (
        database.DatabaseFault, training.TrainingFault, ImportFault, EncoderError, ReviewFault,
        HouseError, SnapshotError,
    )  # fmt: skip
    try:
        yield
    except expected as error:
        raise SetupFault(str(error)) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise SetupFault(f"{where}{error.strerror or error}") from error
