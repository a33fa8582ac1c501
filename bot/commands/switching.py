"""Measuring a switch under load: clients ask while knowledge is published and rolled back.

Every answer must belong wholly to one of two editions, and none may fail.
"""

import asyncio
import shutil
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from bot.commands.bench import QUESTIONS, first_answer, percentile, say, send, start
from bot.database import migrate
from bot.engine import free_port, newest_model
from bot.settings import Settings
from knowledge import pointer, snapshot
from knowledge.entry import Entry
from nlu.clock import system_clock

CLIENTS = 4
SWITCHES = 20
PAUSE = 0.5
FAILING = ("系统正忙", "忙不过来", "出了点问题")
"""What Linli says when it cannot answer."""

MARK = "【第二版】"


async def measure(settings: Settings) -> None:
    """Start the service on a copy of what is published, ask, publish, go back and forth."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        shutil.copytree(settings.home / "snapshots", home / "snapshots")
        (home / "encoders").symlink_to(settings.home / "encoders")
        port = free_port()
        model = await asyncio.to_thread(newest_model, settings)
        fresh = settings.model_copy(
            update={"home": home, "port": port, "rasa_model": model, "database_url": None}
        )
        await asyncio.to_thread(migrate, fresh.database)
        process = await start(fresh)
        try:
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False
            ) as http:
                await first_answer(http)
                await under_load(http, home)
        finally:
            process.terminate()
            await process.wait()


async def under_load(http: httpx.AsyncClient, home: Path) -> None:
    entries = list((await asyncio.to_thread(snapshot.open_current, home)).entries)
    second = [replace(entry, answer=MARK + entry.answer.strip()) for entry in entries]
    first = pointer.current_id(home)
    seen, taken = list[tuple[float, str]](), list[float]()
    stop = asyncio.Event()
    clients = [
        asyncio.create_task(client(http, texts_of(entries), seen, taken, stop))
        for _ in range(CLIENTS)
    ]
    begun = time.perf_counter()
    made = await asyncio.to_thread(build, home, second)
    building = time.perf_counter() - begun
    until_seen, moving = list[float](), list[float]()
    for number in range(SWITCHES):
        to = made if number % 2 == 0 else first
        moved = time.perf_counter()
        pointer.switch(home, to or "")
        moving.append(1000 * (time.perf_counter() - moved))
        wanted = "second" if number % 2 == 0 else "first"
        until_seen.append(1000 * (await seen_since(seen, moved, wanted) - moved))
        await asyncio.sleep(PAUSE)
    stop.set()
    await asyncio.gather(*clients)
    counted = Counter(kind for _, kind in seen)
    say(
        what="switch under load",
        clients=CLIENTS,
        switches=SWITCHES,
        answers=len(seen),
        **{kind: counted[kind] for kind in ("first", "second", "asked back", "mixed", "failed")},
        build_seconds=building,
        pointer_p99_ms=percentile(moving, 99),
        seen_after_p50_ms=statistics.median(until_seen),
        seen_after_max_ms=max(until_seen),
        p50_ms=1000 * statistics.median(taken),
        p99_ms=1000 * percentile(taken, 99),
    )


def build(home: Path, entries: Sequence[Entry]) -> str:
    """The second edition, with the encoder of the first; not yet switched to."""
    current = pointer.status(home).current
    if current is None:
        raise RuntimeError("nothing is published")
    encoder = snapshot.encoder_of(home, current)
    return snapshot.build(entries, home, encoder, system_clock()).id


def texts_of(entries: Sequence[Entry]) -> dict[str, str]:
    """What may be said, by its edition."""
    first = {entry.answer.strip(): "first" for entry in entries}
    return {**first, **{MARK + answer: "second" for answer in first}}


async def client(
    http: httpx.AsyncClient,
    texts: dict[str, str],
    seen: list[tuple[float, str]],
    taken: list[float],
    stop: asyncio.Event,
) -> None:
    number = 0
    while not stop.is_set():
        number += 1
        begun = time.perf_counter()
        try:
            answer = await send(http, uuid4().hex, QUESTIONS[number % len(QUESTIONS)])
            kind = edition(answer["replies"], texts)
        except httpx.HTTPError:
            kind = "failed"
        seen.append((begun, kind))
        taken.append(time.perf_counter() - begun)


def edition(replies: Sequence[dict[str, Any]], texts: dict[str, str]) -> str:
    """Of which edition an answer is; ``asked back`` where nothing is cited."""
    text = " ".join(str(reply["text"]) for reply in replies)
    if not text or any(words in text for words in FAILING):
        return "failed"
    if not any(reply.get("citations") for reply in replies):
        return "asked back"
    return next((kind for said, kind in texts.items() if text.startswith(said)), "mixed")


async def seen_since(seen: Sequence[tuple[float, str]], moved: float, kind: str) -> float:
    """When something asked after a moment first had an answer of that edition."""
    for _ in range(3000):
        if any(begun >= moved and found == kind for begun, found in seen[-200:]):
            return time.perf_counter()
        await asyncio.sleep(0.01)
    raise RuntimeError(f"no answer of the {kind} edition within half a minute")
