"""Training Rasa's model, in Rasa's own environment, with rows of one's own if wanted."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from bot.reading import as_engine_reads
from bot.settings import ROOT, Settings
from nlu.taxonomy import TaxonomyFault, read_taxonomy

KEPT = 3
"""Models that stay in the folder, the newest of them."""

SOURCES = ("bot/domain", "bot/flows", "nlu/data", "nlu/components", "nlu/lexicon",
           "bot/constraints/rasa.txt")  # fmt: skip
"""What a model is made from, beside the pipeline's own file."""

CATEGORIES = "nlu/data/categories"
COMPONENT = re.compile(r"Starting to train component '([\w.]+)'")
HEARTBEAT = 15.0
"""Seconds between two signs of life."""

Say = Callable[[str], None]


class TrainingFault(Exception):
    """Nothing was trained; one line, or one a fault, says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A message, as Rasa reads it, with what it wants, what it is about, or both."""

    text: str
    intent: str | None
    category: str | None


@contextlib.contextmanager
def scratch(settings: Settings) -> Iterator[Path]:
    """A folder beside the models, gone with the block; so are those of blocks that were killed."""
    settings.models.mkdir(parents=True, exist_ok=True)
    for left in settings.models.glob(".training-*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".training-", dir=settings.models) as folder:
        yield Path(folder)


def make(
    settings: Settings,
    name: str,
    folder: Path,
    say: Say,
    *,
    rows: Sequence[Row] = (),
    root: Path = ROOT,
) -> Path:
    """Trains a model into a folder of its own.

    Args:
        name: of the model's file, without its ending.
        rows: learnt beside the project's own examples.

    Raises:
        TrainingFault: Rasa's environment is missing, or Rasa failed.
    """
    config = root / settings.rasa_config
    if not config.is_file():
        raise TrainingFault(f"{settings.rasa_config}: no such pipeline; see LINLI_RASA_CONFIG")
    folder.mkdir(exist_ok=True)
    config, data = with_rows(rows, config, folder, root, settings.taxonomy)
    arguments = [
        *(str(settings.rasa_python), "-m", "bot.rasa.launcher", "train"),
        *("--config", str(config), "--domain", "bot/domain", "--data", "bot/flows", *data),
        *("--out", str(folder), "--fixed-model-name", name),
    ]
    run(arguments, settings.home, say, root)
    made = folder / f"{name}.tar.gz"
    if not made.exists():
        raise TrainingFault(f"Rasa made no model; see {log_of(settings.home)}")
    return made


def place(settings: Settings, made: Path) -> Path:
    """Puts a model into the folder of models, from where it is run; the oldest ones go."""
    model = settings.models / made.name
    os.replace(made, model)
    for old in models(settings)[:-KEPT]:
        old.unlink(missing_ok=True)
    return model


def models(settings: Settings) -> list[Path]:
    """Those in the folder of models, the newest last."""
    return sorted(settings.models.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)


def files_of(settings: Settings, root: Path = ROOT) -> list[Path]:
    """Every file a model depends on."""
    found = [root / settings.rasa_config]
    for source in SOURCES:
        path = root / source
        found += sorted(path.rglob("*")) if path.is_dir() else [path]
    found += [settings.taxonomy] if settings.taxonomy is not None else []
    return [path for path in found if path.is_file() and path.suffix != ".pyc"]


def model_name(now: datetime, key: str) -> str:
    return f"linli-{now:%Y%m%dT%H%M%S}-{key[:8]}"


def run(arguments: Sequence[str], home: Path, say: Say, root: Path) -> None:
    """Runs Rasa with its output in a log; tells each component, and that it is still alive.

    Raises:
        TrainingFault: it cannot be started, or it failed.
    """
    log = log_of(home)
    begun = told = time.monotonic()
    with log.open("wb") as out, log.open(encoding="utf-8", errors="replace") as read:
        try:
            process = subprocess.Popen(  # noqa: S603
                arguments,
                cwd=root,
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment(home, root),
            )
        except OSError as error:
            raise TrainingFault(
                f"{arguments[0]} cannot be started ({error.strerror}); `make setup` makes Rasa's "
                "environment"
            ) from error
        with process:
            try:
                ended = False
                while not ended:
                    ended = process.poll() is not None
                    for component in COMPONENT.findall(read.read()):
                        told = time.monotonic()
                        say(f"  {component} ({told - begun:.0f} s)")
                    if time.monotonic() - told >= HEARTBEAT:
                        told = time.monotonic()
                        say(f"  still at work ({told - begun:.0f} s)")
                    time.sleep(0 if ended else 0.1)
            finally:
                if process.poll() is None:
                    process.kill()
    if process.returncode != 0:
        last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
        raise TrainingFault(f"Rasa failed; all it said is in {log}, at last: {' / '.join(last)}")


def log_of(home: Path) -> Path:
    folder = home / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "rasa-training.log"


def environment(home: Path, root: Path) -> dict[str, str]:
    """Rasa ends with us, writes below ``home`` only, and reports to nobody."""
    folder = home / "rasa"
    folder.mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        "LINLI_RASA_SUPERVISED": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_CACHE_DIRECTORY": str(folder / "cache"),
        "PYTHONPATH": str(root),
        "PYTHONWARNINGS": "ignore",
        "PYTHONUNBUFFERED": "1",
        "HOME": str(folder),
        "NO_COLOR": "1",
    }


def with_rows(
    rows: Sequence[Row], config: Path, folder: Path, root: Path, taxonomy: Path | None = None
) -> tuple[Path, Sequence[str]]:
    """The pipeline and the data to train with, where rows or a city's taxonomy change them.

    Examples of categories that the city's taxonomy does not have are left out.
    """
    intents = group((row.intent, row.text) for row in rows)
    categories = group((row.category, row.text) for row in rows)
    data = ["nlu/data"]
    if intents:
        nlu = [
            {"intent": intent, "examples": [{"text": inert(text)} for text in texts]}
            for intent, texts in intents.items()
        ]
        write_yaml(folder / "extra" / "nlu.yml", {"version": "3.1", "nlu": nlu})
        data.append(str(folder / "extra"))
    if categories or taxonomy is not None:
        merged = folder / "categories"
        shutil.copytree(root / CATEGORIES, merged)
        known = known_categories(root, taxonomy)
        for path in [path for path in merged.glob("*.yml") if category_of(path) not in known]:
            path.unlink()
        for number, (category, texts) in enumerate(categories.items()):
            content = {"category": category, "of_city": True, "examples": {"extra": texts}}
            write_yaml(merged / f"extra-{number}.yml", content)
        pipeline = yaml.safe_load(config.read_text(encoding="utf-8"))
        for component in pipeline["pipeline"]:
            if component["name"].endswith(".CategoryClassifier"):
                component["data"] = str(merged)
        config = folder / "config.yml"
        write_yaml(config, pipeline)
    return config, data


def group(pairs: Iterable[tuple[str | None, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, text in pairs:
        if name is not None:
            found.setdefault(name, []).append(text)
    return found


def inert(text: str) -> str:
    """One line, without what Rasa would take for the mark of an entity."""
    return re.sub(r"\](?=[({])", "] ", " ".join(text.split()))


def write_yaml(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=10_000),
        encoding="utf-8",
    )


def read_rows(path: Path, *, root: Path = ROOT, taxonomy: Path | None = None) -> tuple[Row, ...]:
    """Rows ``{text, title?, intent?, category?}``, one JSON object a line.

    Other fields are passed over. A title stands on a line of its own before the text.

    Raises:
        TrainingFault: a line for every fault, with file and row; nothing is taken then.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise TrainingFault(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise TrainingFault(f"{path}: is not UTF-8 text") from error
    intents, categories = known_intents(root), known_categories(root, taxonomy)
    rows: list[Row] = []
    faults: list[str] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            row = read_row(line, intents, categories)
            if isinstance(row, Row):
                rows.append(row)
            else:
                faults.append(f"{path}, row {number}: {row}")
    if not rows and not faults:
        faults.append(f"{path}: has no rows")
    if faults:
        raise TrainingFault("\n".join(faults))
    return tuple(rows)


def read_row(line: str, intents: Collection[str], categories: Collection[str]) -> Row | str:
    """The row, or what is wrong with it."""
    try:
        fields = json.loads(line)
    except ValueError as error:
        return f"is not JSON: {error}"
    if not isinstance(fields, dict):
        return "must be an object with text and intent or category"
    title, text = fields.get("title") or "", fields.get("text")
    if not isinstance(title, str):
        return "title must be a text"
    if not isinstance(text, str) or not (read := as_engine_reads(f"{title}\n{text}")):
        return "text must be a text that is not empty"
    intent, category = fields.get("intent"), fields.get("category")
    if intent is None and category is None:
        return "has neither intent nor category"
    for name, value, known in (("intent", intent, intents), ("category", category, categories)):
        if value is not None and not (isinstance(value, str) and value in known):
            return f"{name} {value!r} is not known; known are {', '.join(sorted(known))}"
    return Row(read, intent, category)


def texts_of(path: Path) -> frozenset[str]:
    """The texts of a file of rows, as Rasa reads them; lines that hold none are passed over."""
    found = set()
    with contextlib.suppress(OSError, UnicodeDecodeError):
        for line in path.read_text(encoding="utf-8-sig").split("\n"):
            with contextlib.suppress(ValueError, AttributeError):
                fields = json.loads(line)
                found.add(as_engine_reads(f"{fields.get('title') or ''}\n{fields.get('text')}"))
    return frozenset(found)


def known_intents(root: Path = ROOT) -> frozenset[str]:
    found: set[str] = set()
    for path in (root / "bot/domain").rglob("*.yml"):
        found.update(yaml.safe_load(path.read_text(encoding="utf-8")).get("intents", ()))
    return frozenset(found)


def known_categories(root: Path = ROOT, taxonomy: Path | None = None) -> frozenset[str]:
    """First-level categories: those of a city's taxonomy, or those there are examples of.

    Raises:
        TrainingFault: the taxonomy cannot be used.
    """
    if taxonomy is not None:
        try:
            return frozenset(read_taxonomy(taxonomy))
        except TaxonomyFault as error:
            raise TrainingFault(str(error)) from error
    return frozenset(map(category_of, (root / CATEGORIES).glob("*.yml")))


def category_of(path: Path) -> str:
    """The category that a file has examples of."""
    return str(yaml.safe_load(path.read_text(encoding="utf-8"))["category"])
