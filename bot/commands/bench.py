"""Measuring: turns of a question and of a report, search, start, memory; one JSON object a line."""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
import httpx

from bot.database import migrate
from bot.engine import free_port, newest_model
from bot.settings import Settings
from nlu.clock import SHANGHAI, system_clock

QUESTIONS = (
    "居住证怎么办理？",
    "网上买的东西能七天无理由退货吗？",
    "怎么成立业主委员会？",
    "失业登记怎么办",
    "老人助餐点在哪",
    "养狗要办什么证",
)
REPORT = (
    "{estate}{n}号楼楼道灯坏了，晚上看不见",
    "不留电话",
    "确认提交",
)
ESTATES = tuple(f"{name}{kind}" for name in "松竹梅兰菊荷桂桃杏柳" for kind in ("园小区", "苑社区"))
SECONDS = 8.0
CLIENTS = (1, 8)


PARTS = ("turns", "switch", "search", "scale")
ENTRIES = (1_000, 10_000, 100_000)
PASSAGES = 1_000_000


def sizes(entries: Sequence[int], passages: int | None) -> tuple[Sequence[int], int]:
    """How many entries, size by size, and passages: all there are where nothing is asked for."""
    if not entries and passages is None:
        return ENTRIES, PASSAGES
    return entries, passages or 0


def measure_parts(
    settings: Settings, parts: Sequence[str], entries: Sequence[int], passages: int
) -> None:
    """The parts asked for, of ``PARTS``; two of them have modules of their own."""
    from bot.commands import scale, switching

    if "turns" in parts:
        asyncio.run(measure(settings))
    if "switch" in parts:
        asyncio.run(switching.measure(settings))
    if "search" in parts:
        search_alone(settings)
    if "scale" in parts:
        scale.measure(entries, passages, say)


async def measure(settings: Settings) -> None:
    """Start the service with an empty home beside the given one, measure, and stop it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "snapshots").symlink_to(settings.home / "snapshots")
        (home / "encoders").symlink_to(settings.home / "encoders")
        model = await asyncio.to_thread(newest_model, settings)
        port = free_port()
        fresh = settings.model_copy(
            update={"home": home, "port": port, "rasa_model": model, "database_url": None}
        )
        await asyncio.to_thread(migrate, fresh.database)
        started = time.perf_counter()
        process = await start(fresh)
        try:
            async with httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False
            ) as http:
                await first_answer(http)
                say(what="start to first answer", seconds=time.perf_counter() - started)
                for clients in CLIENTS:
                    await turns("question turn", http, clients, ask)
                    await turns("report turn", http, clients, report)
            for name, resident in memory(process.pid):
                say(what=f"memory of {name}", megabytes=resident)
        finally:
            process.terminate()
            await process.wait()


async def start(settings: Settings) -> asyncio.subprocess.Process:
    given = {
        "LINLI_HOME": str(settings.home),
        "LINLI_PORT": str(settings.port),
        "LINLI_RASA_MODEL": str(settings.rasa_model),
        "LINLI_LOG_LEVEL": "ERROR",
        "LINLI_DESK_HOURS": "[]",  # nobody sits there to answer
    }
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "from bot.cli import main; main()", "serve"),
        env={**os.environ, **given},
        stdout=asyncio.subprocess.DEVNULL,
    )


async def first_answer(http: httpx.AsyncClient) -> None:
    """Wait until a question gets a cited answer."""
    for _ in range(600):
        try:
            if (await http.get("/readyz")).status_code == 200:
                answer = await send(http, uuid4().hex, QUESTIONS[0])
                if answer["replies"][0].get("citations") or answer["replies"][0].get("buttons"):
                    return
        except httpx.HTTPError:
            pass
        await asyncio.sleep(0.1)
    raise click.ClickException("no answer within a minute")


async def send(http: httpx.AsyncClient, conversation: str, text: str) -> dict[str, Any]:
    answer = await http.post(
        "/api/chat/messages", json={"conversation_id": conversation, "text": text}
    )
    answer.raise_for_status()
    return dict(answer.json())


Timed = Callable[[str], Awaitable[float]]
Scene = Callable[[Timed, str, int], Awaitable[None]]


async def ask(timed: Timed, conversation: str, n: int) -> None:
    await timed(QUESTIONS[n % len(QUESTIONS)])


async def report(timed: Timed, conversation: str, n: int) -> None:
    for line in REPORT:
        await timed(line.format(n=n, estate=ESTATES[n % len(ESTATES)]))


async def turns(what: str, http: httpx.AsyncClient, clients: int, scene: Scene) -> None:
    """Let so many residents talk at once, each conversation ten turns long at the most."""
    taken: list[float] = []
    failures = 0
    until = time.perf_counter() + SECONDS

    async def resident(client: int) -> None:
        nonlocal failures
        n = 0
        conversation = uuid4().hex

        async def timed(text: str) -> float:
            nonlocal failures
            begun = time.perf_counter()
            answer = await send(http, conversation, text)
            failures += "系统正忙" in answer["replies"][0]["text"]
            taken.append(time.perf_counter() - begun)
            return taken[-1]

        while time.perf_counter() < until:
            if n % 9 == 8:
                conversation = uuid4().hex
            await scene(timed, conversation, client * 1000 + n)
            n += 1

    begun = time.perf_counter()
    await asyncio.gather(*(resident(client) for client in range(clients)))
    seconds = time.perf_counter() - begun
    say(
        what=what,
        clients=clients,
        p50_ms=1000 * statistics.median(taken),
        p99_ms=1000 * percentile(taken, 99),
        turns_per_second=len(taken) / seconds,
        turns=len(taken),
        degraded=failures,
    )


def search_alone(settings: Settings) -> None:
    from knowledge.snapshot import open_current

    searcher = open_current(settings.home)
    today = system_clock().astimezone(SHANGHAI).date()
    queries = [e.variants[0] for e in searcher.entries if e.variants]
    taken = []
    for query in [*queries[:20], *queries]:
        begun = time.perf_counter()
        searcher.find(query, as_of=today, regions=settings.regions)
        taken.append(time.perf_counter() - begun)
    say(
        what="search alone",
        entries=len(searcher.entries),
        p50_ms=1000 * statistics.median(taken[20:]),
        p99_ms=1000 * percentile(taken[20:], 99),
    )


def memory(pid: int) -> list[tuple[str, float]]:
    """Resident megabytes of the service and of its Rasa; needs Linux's /proc."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        return []
    pids = [("service", pid), *(("rasa", int(p)) for p in children.read_text().split())]
    return [(name, resident(p)) for name, p in pids]


def resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def say(**measured: object) -> None:
    rounded = {k: round(v, 2) if isinstance(v, float) else v for k, v in measured.items()}
    click.echo(json.dumps(rounded, ensure_ascii=False))
