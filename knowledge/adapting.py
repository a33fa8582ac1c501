"""Adapting the encoder to how people ask here, on pairs of a query and the question it means.

A tenth of the questions is kept aside, always the same ones, and never learnt. The encoder is
exchanged only where it finds more of them than before and no fewer of the entries' own tests, and
where the gate lets the snapshot through that is made with it.
"""

import json
import shutil
import tempfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from knowledge import adapted, pointer, snapshot
from knowledge.adapted import Adapted, Pair
from knowledge.encoder import CARD, SentenceTransformerEncoder, StaticEncoder, load_encoder
from knowledge.entry import Entry
from knowledge.evaluation import Measured, measure_encoder
from knowledge.gathering import Item
from knowledge.home_encoder import built_in_encoder
from knowledge.publishing import Refused, Terms, judged, reported
from knowledge.questions import Questions
from knowledge.search import items_of
from knowledge.training import deal, run, save

ASIDE = 10
"""One question in so many is kept aside."""

LEAST = 20
"""With fewer pairs there is nothing to be learnt from and nothing to be measured on."""

TOLERANCE = 0.01
"""By so much recall@1 of the entries' own tests may fall."""

ROUNDS, BATCH, RATE, SHARPNESS = 1, 32, 2e-5, 20.0
"""How another model than the built-in one is trained."""

Progress = Callable[[str], None]


class AdaptingError(Exception):
    """The encoder cannot be adapted; the message says why."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One set of questions, found by the encoder as it was and as it would be."""

    before: Measured
    after: Measured


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What came of it.

    Attributes:
        learnt: how many pairs were trained on, those of earlier times included.
        aside: the pairs kept aside.
        tests: the tests of the published entries; None where they have none.
        snapshot: the id of what was published with the new encoder; None where the old one stays.
        overridden: what the gate found wrong and was overridden.
    """

    learnt: int
    aside: Comparison
    tests: Comparison | None
    snapshot: str | None
    overridden: tuple[str, ...] = ()


def adapt(
    pairs: Sequence[Pair],
    home: Path,
    now: datetime,
    terms: Terms,
    *,
    override: str = "",
    progress: Progress = lambda line: None,
) -> Adaptation:
    """Trains the published encoder on the pairs, and publishes the same entries with it if better.

    Args:
        pairs: a query and the question it means; equal questions are one of the pool.
        now: timezone-aware.
        terms: as for a publish; they name the encoder and what the gate asks.
        override: why it is published even where the gate refuses; empty to obey it.

    Raises:
        AdaptingError: too few pairs, or another encoder is published than the settings name.
        Refused: by the gate; the encoder before stays, and so does what was learnt before.
        EncoderError, SnapshotError: the published encoder or snapshot cannot be opened.
    """
    if len(pairs) < LEAST:
        raise AdaptingError(f"{len(pairs)} pairs are too few: {LEAST} are the least")
    model, instruction = terms.model, terms.instruction
    learnt, aside = set_aside(pairs)
    searcher = snapshot.open_current(home)
    entries, old = list(searcher.entries), searcher.encoder
    if isinstance(old, StaticEncoder) == bool(model):
        raise AdaptingError("another encoder is published than LINLI_ENCODER names; publish first")
    known = adapted.read(home, model)
    together = Adapted(model, "", tuple(dict.fromkeys((*known.pairs, *learnt))))
    progress(f"{len(learnt)} pairs to learn, {len(aside)} kept aside")
    if model:
        together = _trained_model(together, home, instruction, progress)
        new = load_encoder(home / together.folder, instruction)
    else:
        new = built_in_encoder(entries, home, progress, together)
    questions, tests = of_pairs(aside), of_tests(entries)
    progress("comparing")
    comparison = Comparison(measure_encoder(questions, old), measure_encoder(questions, new))
    own = (
        Comparison(measure_encoder(tests, old), measure_encoder(tests, new))
        if tests.queries
        else None
    )
    if not better(comparison, own):
        if new.name != old.name and new.source:
            shutil.rmtree(new.source, ignore_errors=True)
        return Adaptation(len(together.pairs), comparison, own, None)
    with pointer.alone(home, lambda: progress("a publish is running; waiting for it …")):
        before = pointer.readable(home)
        manifest = snapshot.build(entries, home, new, now, progress=progress)
        try:
            verdict = judged(home, before, manifest, new, now, terms, progress)
            report = reported(home, manifest, verdict)
            if verdict.faults and not override:
                raise Refused(verdict, report)
            adapted.keep(home, together)
            pointer.switch(home, manifest.id)
        except BaseException:
            pointer.discard(home, manifest.id)
            raise
    return Adaptation(len(together.pairs), comparison, own, manifest.id, verdict.faults)


def set_aside(pairs: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Pairs to learn and pairs to measure on; all of one question are on one side."""
    numbers = {question: zlib.crc32(question.encode()) for _, question in pairs}
    order = sorted(numbers, key=lambda question: (numbers[question], question))
    kept = set(order[: -(-len(order) // ASIDE)])
    pairs = list(dict.fromkeys(pairs))
    return [p for p in pairs if p[1] not in kept], [p for p in pairs if p[1] in kept]


def better(aside: Comparison, tests: Comparison | None) -> bool:
    """Whether more of what was kept aside is found first, and the own tests as well as before."""
    lost = tests.before.recall_at[1] - tests.after.recall_at[1] if tests is not None else 0.0
    return aside.after.recall_at[1] > aside.before.recall_at[1] and lost <= TOLERANCE


def of_pairs(pairs: Sequence[Pair]) -> Questions:
    texts = list(dict.fromkeys(question for _, question in pairs))
    place = {text: number for number, text in enumerate(texts)}
    return Questions(
        queries=[query for query, _ in pairs],
        pool=[Item((text,), ()) for text in texts],
        right=[frozenset({place[question]}) for _, question in pairs],
    )


def of_tests(entries: Sequence[Entry]) -> Questions:
    asked = [(text, number) for number, entry in enumerate(entries) for text in entry.tests]
    return Questions(
        queries=[text for text, _ in asked],
        pool=items_of(entries),
        right=[frozenset({number}) for _, number in asked],
    )


def _trained_model(together: Adapted, home: Path, instruction: str, progress: Progress) -> Adapted:
    """Another model, trained from its beginnings on all pairs, in a folder below the home."""
    import torch
    from datasets import Dataset

    model: Any = SentenceTransformerEncoder(together.base).model
    batches = deal(together.pairs, ROUNDS, BATCH, seed=7)
    rows = [pair for batch in batches for pair in batch]
    progress(f"training the encoder on {len(together.pairs)} pairs")
    run(
        model,
        Dataset.from_dict(
            {
                "anchor": [instruction + query for query, _ in rows],
                "positive": [question for _, question in rows],
            }
        ),
        [len(batch) for batch in batches],
        optimizer=torch.optim.AdamW(model.parameters(), lr=RATE),
        sharpness=SHARPNESS,
        seed=7,
        progress=progress,
    )
    digest = adapted.digest([*together.pairs, (together.base, instruction)])
    folder = home / "encoders" / f"{adapted.FOLDER}-{digest}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        fresh = Path(scratch) / "encoder"
        save(model, fresh)
        card = {"name": f"{Path(together.base).name}-adapted-{digest}", "adapted": True}
        (fresh / CARD).write_text(json.dumps(card), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    return Adapted(together.base, folder.relative_to(home).as_posix(), together.pairs)
