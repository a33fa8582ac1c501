"""Measuring the knowledge at sizes: building, publishing one change, opening, searching, recall.

Every step runs in a process of its own, so that its memory is its own. Entries, passages and
questions are made up (``bot.commands.made_up``); the encoder is one that was not trained.
"""

import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import click

from bot.commands.made_up import entry, passage, question
from knowledge.encoder import Encoder, Vectors
from knowledge.index import CANDIDATES, Index
from knowledge.search import Searcher

QUESTIONS = 300
TODAY = date(2026, 11, 23)
REGIONS = ("全国",)
EDITOR, REVIEWER = "编辑", "审核"

Say = Callable[..., None]


def measure(entries: Sequence[int], passages: int, say: Say, folder: Path | None = None) -> None:
    """Every size in a home of its own, which is removed afterwards.

    Args:
        entries: how many, size by size.
        passages: how many articles of documents, 0 for none.
        folder: where the homes are made; a temporary one by default.
    """
    for kind, count in (*(("entries", n) for n in entries), ("passages", passages)):
        if not count:
            continue
        with tempfile.TemporaryDirectory(dir=folder) as made:
            home = Path(made)
            say(what="knowledge built", **{kind: count}, **apart(built, home, kind, count))
            if kind == "entries":
                say(what="one change published", **{kind: count}, **apart(changed, home, count))
            say(what="knowledge searched", **{kind: count}, **apart(searched, home, kind, count))


def apart(step: Callable[..., dict[str, Any]], *given: Any) -> dict[str, Any]:
    """Runs a step in a new process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(step, *given).result()


def built(home: Path, kind: str, count: int) -> dict[str, Any]:
    """Into the database, and published for the first time."""
    from knowledge import pointer, snapshot
    from knowledge.home_encoder import LEARNT, learnt
    from knowledge.release import mark_published, next_release
    from knowledge.review import approve_at_once
    from knowledge.stock import Stock
    from knowledge.store import save_entries
    from knowledge.training import train
    from knowledge.version import Kind
    from nlu.clock import system_clock

    encoder = train([], home / "encoders" / "untrained")
    now = system_clock()
    begun = time.perf_counter()
    if kind == "entries":
        made = [entry(number) for number in range(count)]
        with writing(home) as session:
            save_entries(session, made, EDITOR, now)
            ids = [one.id for one in made]
            approve_at_once(session, Kind.ENTRY, ids, EDITOR, REVIEWER, now)
        marks = "\n".join(learnt(Stock.of(made)))
        (home / "encoders" / "untrained" / LEARNT).write_text(marks, encoding="utf-8")
    else:
        made = [passage(number) for number in range(count)]
    written = time.perf_counter()
    manifest = snapshot.build(made, home, encoder, now, progress=Progress())
    pointer.switch(home, manifest.id)
    if kind == "entries":
        with writing(home) as session:
            mark_published(session, REVIEWER, now, manifest.id, next_release(session))
    return {
        "into_database_seconds": written - begun,
        "build_seconds": time.perf_counter() - written,
        "snapshot_megabytes": sum(file.size for file in manifest.files.values()) / 1e6,
        "cache_megabytes": size(home / "cache") / 1e6,
        "peak_megabytes": peak(),
    }


def changed(home: Path, count: int) -> dict[str, Any]:
    """One entry edited, approved and published through the gate."""
    from bot.database import open_engine, open_sessions
    from knowledge.house import read_house
    from knowledge.publishing import Terms, publish
    from knowledge.review import approve_at_once
    from knowledge.store import save_entries
    from knowledge.version import Kind
    from nlu.clock import system_clock

    edited = replace(entry(count // 2), answer="改过的答案：请到服务站一层办理，当场答复。")
    with writing(home) as session:
        save_entries(session, [edited], EDITOR, system_clock())
        approve_at_once(session, Kind.ENTRY, [edited.id], EDITOR, REVIEWER, system_clock())
    engine = open_engine(database(home))
    begun = time.perf_counter()
    published = publish(
        home,
        open_sessions(engine, reads_only=True),
        open_sessions(engine).begin,
        REVIEWER,
        system_clock(),
        Terms(regions=REGIONS, house=read_house()),
        override="measuring",
    )
    seconds = time.perf_counter() - begun
    engine.dispose()
    verdict = published.verdict
    return {
        "publish_seconds": seconds,
        "cpu_seconds": time.process_time(),
        "asked": len(verdict.rows) if verdict is not None else 0,
        "faults": len(verdict.faults) if verdict is not None else 0,
        "peak_megabytes": peak(),
    }


def searched(home: Path, kind: str, count: int) -> dict[str, Any]:
    """Opened and searched; times without those of the encoder."""
    from knowledge import nearness
    from knowledge.snapshot import open_current

    begun = time.perf_counter()
    searcher = open_current(home)
    opened = time.perf_counter() - begun
    index = index_of(searcher)
    encoder = Timed(searcher.encoder)
    searcher.encoder = encoder
    asked = [question(number) for number in range(0, count, max(1, count // QUESTIONS))]
    for text in asked[:50]:
        find(searcher, text)
    taken, encoding = list[float](), list[float]()
    for text in asked:
        encoder.seconds, begun = 0.0, time.perf_counter()
        find(searcher, text)
        taken.append(1000 * (time.perf_counter() - begun - encoder.seconds))
        encoding.append(1000 * encoder.seconds)
    lists = int(getattr(index.vectors, "nlist", 0))
    figures = {
        "texts": len(index.owners),
        "index": f"{lists} lists" if lists else "exact",
        "p50_ms": statistics.median(taken),
        "p99_ms": percentile(taken, 99),
        "encoder_p50_ms": statistics.median(encoding),
        "open_seconds": opened,
        **memory(),
    }
    if lists:
        near = [nearest(searcher, text) for text in asked]
        ranked = [ranking(searcher, text) for text in asked]
        nearness.LOOKED_INTO = 1.0  # every list: exact
        figures["recall_nearest"] = recall(near, [nearest(searcher, text) for text in asked])
        figures["recall_ranking"] = recall(ranked, [ranking(searcher, text) for text in asked])
    return figures


class Progress:
    """Tells how far a long step is, on standard error and not too often."""

    def __init__(self, every: float = 10.0) -> None:
        self.every, self.begun, self.told = every, time.perf_counter(), 0.0

    def __call__(self, line: str) -> None:
        seconds = time.perf_counter() - self.begun
        if seconds - self.told >= self.every:
            self.told = seconds
            click.echo(f"{seconds:7.0f} s  {line}", err=True)


class Timed:
    """An encoder that tells how long it took."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.name, self.source = encoder.name, encoder.source
        self.instruction, self.dimension = encoder.instruction, encoder.dimension
        self.seconds = 0.0

    def encode(self, texts: Sequence[str]) -> Vectors:
        begun = time.perf_counter()
        vectors = self.encoder.encode(texts)
        self.seconds += time.perf_counter() - begun
        return vectors

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        begun = time.perf_counter()
        vectors = self.encoder.encode_queries(texts)
        self.seconds += time.perf_counter() - begun
        return vectors


def index_of(searcher: Searcher) -> Index:
    if searcher.index is None:
        raise ValueError("there are no entries")
    return searcher.index


def find(searcher: Searcher, text: str) -> None:
    searcher.find(text, as_of=TODAY, regions=REGIONS)


def nearest(searcher: Searcher, text: str) -> list[tuple[int, float]]:
    """Numbers and inner products of the nearest texts in force, as many as search looks at."""
    from knowledge import nearness

    index = index_of(searcher)
    shown = index.only(searcher.scope.in_force(TODAY, REGIONS)).texts
    vector = searcher.encoder.encode_queries([text])
    numbers = nearness.near(index.vectors, vector, CANDIDATES, shown)
    scores = index.vectors.reconstruct_batch(numbers) @ vector[0]
    return list(zip(numbers.tolist(), scores.tolist(), strict=True))


def ranking(searcher: Searcher, text: str) -> list[tuple[int, float]]:
    """Numbers and scores of the ten items that come first."""
    index = index_of(searcher)
    allowed = index.only(searcher.scope.in_force(TODAY, REGIONS))
    found = index.rank(index.query(text, searcher.encoder), allowed)
    return list(zip(found.items[:10].tolist(), found.scores[:10].tolist(), strict=True))


def recall(
    found: Sequence[Sequence[tuple[int, float]]], exact: Sequence[Sequence[tuple[int, float]]]
) -> float:
    """The share of the exact ones that were found; one that scores the same counts for another."""
    shares = list[float]()
    for some, best in zip(found, exact, strict=True):
        worst = min((score for _, score in best), default=0.0) - 1e-4
        hits = sum(score >= worst for _, score in some)
        shares.append(min(hits / max(len(best), 1), 1.0))
    return statistics.mean(shares)


def database(home: Path) -> str:
    return f"sqlite:///{home / 'linli.db'}"


def writing(home: Path) -> Any:
    """A session on the home's database, which is made where it is missing."""
    from bot.database import is_current, migrate, open_engine, open_sessions

    if not is_current(database(home)):
        migrate(database(home))
    return open_sessions(open_engine(database(home))).begin()


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def peak() -> float:
    """Most memory that was resident, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def memory() -> dict[str, float]:
    """Resident megabytes: all, and those that are not just files that lie in memory too."""
    status = Path("/proc/self/status")
    if not status.exists():
        return {}
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
    return {
        "megabytes": int(lines["VmRSS"].split()[0]) / 1024,
        "own_megabytes": int(lines["RssAnon"].split()[0]) / 1024,
    }


def percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
