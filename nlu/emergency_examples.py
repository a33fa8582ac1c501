"""What the second reader of emergencies learns from: the project's own examples.

``emergencies/*.yml`` tell what is said of an emergency that happens (``present``) and what only
sounds like one (``quiet``). Each of their ``events`` is put into frames (``frames.yml``) that make
it one or the other. The examples of the other intents, and the letters by category, are quiet.
Every example comes once more roughened, as it is typed and dictated, those of emergencies twice.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import yaml

from nlu.roughening import roughened
from nlu.text import legible

FOLDER = Path(__file__).with_name("emergencies")
INTENTS = Path(__file__).with_name("data")
SEED = 20261129
COPIES = 2
"""Of the examples of emergencies and what sounds like them, made rough."""
PRESENT_FRAMES, QUIET_FRAMES, JOINS = 5, 5, 4
"""Frames put around an event, and complaints put beside a figure of speech."""
SHORT = 60
"""Characters of a complaint that something is put beside."""
LEAST = 6
"""Characters of a cry that still means something behind a complaint (救命 does not)."""
PASSAGES = ("，", "。", " ", "")
BRIDGES = ("现在", "刚才", "哎呀", "不好了", "等一下", "先不说了", "快", "", "")
MARKED = re.compile(r"\[([^\]]*)\][({][^)}]*[)}]")


@dataclass(frozen=True, slots=True)
class Example:
    """``kind``: of the emergency in ``text``, None if there is none, "" if it is not told.

    Examples of one ``group`` are made of the same words.
    """

    text: str
    kind: str | None
    group: str


def examples(extra: Sequence[Example] = ()) -> Iterator[Example]:
    """All examples, as readers read them: as written, and roughened."""
    random = Random(SEED)  # noqa: S311
    written = [*of_emergencies(random), *extra]
    urgent = {example.text for example in written if example.kind is not None}
    quiet = [each for each in of_intents() if each.kind == "" or each.text not in urgent]
    for copies, some in ((COPIES, written), (1, quiet)):
        for number, example in enumerate(some):
            row = {"text": example.text}
            rough = [roughened(row, SEED + copy, number)["text"] for copy in range(copies)]
            for text in (example.text, *rough):
                yield Example(legible(text).text, example.kind, example.group)


def of_emergencies(random: Random) -> Iterator[Example]:
    frames = content_of(FOLDER / "frames.yml")
    complaints = [e.text for e in of_intents() if e.kind is None and 4 <= len(e.text) <= SHORT]
    for path in sorted(FOLDER.glob("*.yml")):
        if path.stem == "frames":
            continue
        said, kind = content_of(path), path.stem
        for event in said.get("events", ()):
            yield Example(event, kind, event)
            for frame in random.sample(frames["present"], PRESENT_FRAMES):
                yield Example(frame.replace("{}", event), kind, event)
            for frame in random.sample(frames["quiet"], QUIET_FRAMES):
                yield Example(frame.replace("{}", event), None, event)
        for text in said.get("present", ()):
            yield Example(text, kind, text)
        for text in [*said.get("events", ()), *said.get("present", ())]:
            if len(text) < LEAST:
                continue
            before = random.choice(complaints) + random.choice(PASSAGES)
            yield Example(before + random.choice(BRIDGES) + text, kind, text)
        for text in said["quiet"]:
            yield Example(text, None, text)
    for figure in frames["figures"]:
        for complaint in random.sample(complaints, JOINS):
            parts = [figure, complaint] if random.random() < 1 / 2 else [complaint, figure]
            yield Example(random.choice(PASSAGES).join(parts), None, figure)


def of_intents() -> Iterator[Example]:
    for path in sorted(INTENTS.rglob("*.yml")):
        content = content_of(path)
        for block in content.get("nlu") or [content]:
            kind = "" if block.get("intent") == "emergency" else None
            if "intent" in block or "category" in block:
                for text in texts_of(block["examples"]):
                    yield Example(text, kind, text)


def texts_of(block: Any) -> Iterator[str]:
    """Of Rasa's own list in a text, or of lists by second-level category."""
    if isinstance(block, str):
        for line in block.splitlines():
            if line.startswith("- "):
                yield MARKED.sub(r"\1", line[2:])
    elif isinstance(block, dict):
        for part in block.values():
            yield from texts_of(part)
    else:
        yield from map(str, block)


def content_of(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))
