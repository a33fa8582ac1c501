"""A storm of WeChat messages over two processes, of which one is killed every 20 s.

``make storm``: 2,000 messages of 200 residents at 50 a second, with repeats, messages that overtake
one another, 5 % slow and 1 % hanging answers of Rasa. At the end every resident must have seen
every answer exactly once. Prints one JSON object a line; exit status 1 where that does not hold.
"""

import asyncio
import contextlib
import json
import os
import random
import secrets
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response
from sqlalchemy import select

from actions.vault import Vault, load_or_create
from bot.database import migrate, open_engine, open_sessions
from bot.engine import Engine, RasaProcess, free_port, newest_model
from bot.means import wording_of
from bot.settings import Settings
from channels.plain import as_text
from channels.tables import InboundRow, OutgoingRow, OutgoingState, TranscriptRow
from channels.transcript import LINLI, reply_of
from channels.wechat.account import Account
from channels.wechat.render import SEPARATOR
from channels.wechat.standin import BROKEN, StandIn

MESSAGES = int(os.environ.get("STORM_MESSAGES", "2000"))
RESIDENTS = int(os.environ.get("STORM_RESIDENTS", "200"))
PER_SECOND = float(os.environ.get("STORM_PER_SECOND", "50"))
DATABASE = os.environ.get("STORM_DATABASE_URL", "")
REDIS = os.environ.get("STORM_REDIS_URL", "")
KILL_EVERY = float(os.environ.get("STORM_KILL_EVERY", "20"))
SLOW, HANGING = 0.05, 0.01
REPEATED = 0.05
SEED = 20261129

SAYINGS = (
    "居住证怎么办理？",
    "老人助餐点几点开饭",
    "养狗要办什么证",
    "网上买的东西能退吗",
    "松涛苑3号楼楼道灯坏了",
    "不留电话",
    "确认提交",
    "我的工单",
    "谢谢",
    "失业登记怎么办",
)
ACCOUNT = Account.model_validate(
    {
        "name": "storm",
        "app_id": "wx-storm",
        "secret": "storm-secret",
        "token": "storm-token",
        "aes_key": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "writes_first": True,
    }
)


def say(**facts: Any) -> None:
    print(json.dumps(facts, ensure_ascii=False), flush=True)  # noqa: T201


@dataclass
class Site:
    """One process of the service, its Rasa, and the lame messenger between them."""

    home: Path
    port: int
    environment: dict[str, str]
    rasa: RasaProcess
    lame: int
    process: asyncio.subprocess.Process | None = None
    log: Path = field(init=False)

    def __post_init__(self) -> None:
        self.log = self.home / f"service-{self.port}.log"

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-c", "from bot.cli import main; main()", "serve"),
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
            )

    async def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def ready(self) -> None:
        assert self.process is not None
        async with httpx.AsyncClient(trust_env=False) as http:
            while self.process.returncode is None:
                with contextlib.suppress(httpx.HTTPError):
                    answer = await http.get(f"http://127.0.0.1:{self.port}/readyz", timeout=5)
                    if answer.status_code == 200:
                        return
                await asyncio.sleep(0.2)
        raise RuntimeError(self.log.read_text(encoding="utf-8", errors="replace")[-2000:])


def lame_messenger(rasa: str, chance: random.Random) -> FastAPI:
    """Passes messages on to Rasa; some slowly, some never."""
    app = FastAPI()
    limits = httpx.Limits(max_connections=None)
    http = httpx.AsyncClient(base_url=rasa, timeout=60, limits=limits, trust_env=False)

    @app.api_route("/{path:path}", methods=["GET", "POST"])
    async def pass_on(path: str, request: Request) -> Response:
        body = await request.body()
        if path.endswith("messages"):
            drawn = chance.random()
            if drawn < HANGING:
                await asyncio.sleep(30)
            elif drawn < HANGING + SLOW:
                await asyncio.sleep(chance.uniform(1, 5))
        headers = {"Authorization": request.headers.get("authorization", "")}
        answer = await http.request(request.method, f"/{path}", content=body, headers=headers)
        return Response(answer.content, answer.status_code, media_type="application/json")

    return app


@contextlib.asynccontextmanager
async def served(app: FastAPI, port: int) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    task = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await task


async def site(home: Path, made: Settings, api: int, stack: contextlib.AsyncExitStack) -> Site:
    """A process ready to be started, its Rasa running."""
    port, token = free_port(), secrets.token_urlsafe(16)
    rasa = RasaProcess(
        python=made.rasa_python,
        model=newest_model(made),
        folder=home / "rasa",
        port=free_port(),
        token=token,
        service=f"http://127.0.0.1:{port}",
        name=f"rasa-{port}",
        database=DATABASE,
    )
    process = await rasa.start()
    stack.callback(end, process)
    engine = Engine(rasa.url, token, timeout=5)
    while not await engine.is_ready():  # noqa: ASYNC110  # nothing tells us
        await asyncio.sleep(0.3)
    await engine.parse("您好")
    await engine.close()
    lame = free_port()
    chance = random.Random(SEED + port)
    await stack.enter_async_context(served(lame_messenger(rasa.url, chance), lame))
    environment = {
        "LINLI_HOME": str(home),
        "LINLI_PORT": str(port),
        "LINLI_RASA_URL": f"http://127.0.0.1:{lame}",
        "LINLI_RASA_TOKEN": token,
        "LINLI_WECHAT_ACCOUNTS": json.dumps([plain(ACCOUNT)]),
        "LINLI_WECHAT_API_URL": f"http://127.0.0.1:{api}",
        "LINLI_LOG_LEVEL": "WARNING",
        "LINLI_DESK_HOURS": "[]",
        **({"LINLI_DATABASE_URL": DATABASE} if DATABASE else {}),
        **({"LINLI_REDIS_URL": REDIS} if REDIS else {}),
    }
    return Site(home, port, environment, rasa, lame)


def end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.kill()


def plain(account: Account) -> dict[str, Any]:
    given = account.model_dump()
    secret = {name: given[name].get_secret_value() for name in ("secret", "token", "aes_key")}
    return {**given, **secret}


async def blow(platform: StandIn, chance: random.Random) -> None:
    """Every resident's messages at their time; some twice, some close upon the last."""
    said: Counter[str] = Counter()
    async with asyncio.TaskGroup() as group:
        for number in range(MESSAGES):
            person = f"o-{chance.randrange(RESIDENTS)}"
            text = SAYINGS[said[person] % len(SAYINGS)]
            said[person] += 1
            message = 10**15 + number
            group.create_task(platform.say(person, text, message))
            if chance.random() < REPEATED:
                group.create_task(later(platform, person, text, message, chance.uniform(0, 3)))
            await asyncio.sleep(chance.expovariate(PER_SECOND))


async def later(platform: StandIn, person: str, text: str, number: int, seconds: float) -> None:
    """The same message once more; what it shows, WeChat would not show a second time."""
    await asyncio.sleep(seconds)
    twin = f"{person}-twin"
    fields = {"MsgType": "text", "Content": text, "FromUserName": person}
    await platform.bring(twin, number, **fields)
    platform.screens.pop(twin, None)


async def kill_now_and_then(sites: Sequence[Site]) -> int:
    killed = 0
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            await asyncio.sleep(KILL_EVERY)
            victim = sites[killed % len(sites)]
            await victim.kill()
            killed += 1
            await victim.start()
    return killed


async def drained(home: Path) -> int:
    """Waits until every message is answered and every line sent; how many are not all the same."""
    sessions = open_sessions(open_engine(DATABASE or f"sqlite:///{home / 'linli.db'}"))

    def left() -> int:
        with sessions() as session:
            waiting = (OutgoingState.PENDING, OutgoingState.SENDING)
            lines = session.scalars(select(OutgoingRow.id).where(OutgoingRow.state.in_(waiting)))
            unread = session.scalars(
                select(InboundRow.id).where(
                    (InboundRow.state == "received") | (InboundRow.handed == "open")
                )
            )
            return len(lines.all()) + len(unread.all())

    for _ in range(120):
        if not await asyncio.to_thread(left):
            break
        await asyncio.sleep(0.5)
    return await asyncio.to_thread(left)


def compare(home: Path, platform: StandIn, vault: Vault, busy: str) -> Counter[str]:
    """Answers that were due, those nobody saw, those somebody saw twice, and those that only asked
    to come later."""
    sessions = open_sessions(open_engine(DATABASE or f"sqlite:///{home / 'linli.db'}"))
    found = Counter[str]()
    with sessions() as session:
        for person in {name for name in platform.screens if name.startswith("o-")}:
            conversation = f"wechat:storm:{vault.pseudonym(person)}"
            rows = session.scalars(
                select(TranscriptRow).where(
                    TranscriptRow.conversation == conversation, TranscriptRow.speaker == LINLI
                )
            )
            expected = Counter(as_text(reply_of(row, vault).text).strip() for row in rows)
            seen = Counter(shown_once(platform, person, expected))
            found["answers"] += expected.total()
            found["lost"] += (expected - seen).total()
            found["doubled"] += (seen - expected).total()
            found["turned_away"] += expected[busy]
    return found


def shown_once(platform: StandIn, person: str, expected: Counter[str]) -> list[str]:
    """What was on the screen, cut into the replies it was made of, without the links."""
    found: list[str] = []
    for shown in platform.seen(person):
        text = shown.partition("\n<a href=")[0].partition("\n📞")[0].strip()
        if text in expected or SEPARATOR not in text:
            found.append(text)
        else:
            found += [part.strip() for part in text.split(SEPARATOR)]
    return found


async def main() -> int:
    made = Settings()
    chance = random.Random(SEED)
    async with contextlib.AsyncExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for shared in ("snapshots", "encoders"):
            (home / shared).symlink_to(made.home / shared)
        await asyncio.to_thread(migrate, DATABASE or f"sqlite:///{home / 'linli.db'}")
        vault = load_or_create(home / "keys" / "vault.key")
        api = free_port()
        sites = [await site(home, made, api, stack) for _ in range(2)]
        urls = [f"http://127.0.0.1:{one.port}/channels/wechat/storm" for one in sites]
        platform = StandIn(ACCOUNT, urls=urls, seed=SEED)
        await stack.enter_async_context(served(platform.api(), api))
        for one in sites:
            await one.start()
        await asyncio.gather(*(one.ready() for one in sites))
        begun = time.monotonic()
        killing = asyncio.create_task(kill_now_and_then(sites))
        await blow(platform, chance)
        blown = time.monotonic() - begun
        killing.cancel()
        killed = await killing
        await asyncio.gather(*(one.ready() for one in sites))
        undone = await drained(home)
        busy = wording_of(made).text("busy")
        found = await asyncio.to_thread(compare, home, platform, vault, busy)
        found["undone"] = undone
        for one in sites:
            await one.kill()
        await platform.close()
    return report(platform, found, killed, blown)


def report(platform: StandIn, found: Counter[str], killed: int, blown: float) -> int:
    due = found["answers"]
    statuses = Counter(delivery.status for delivery in platform.deliveries)
    answered = sorted(d.seconds for d in platform.deliveries if d.status == 200)
    shown = [one for screen in platform.screens.values() for one in screen]
    broken = sum(one.text == BROKEN for one in shown)
    pushed = sum(one.how == "pushed" for one in shown)
    say(
        what="storm",
        database="postgresql" if DATABASE else "sqlite",
        redis=bool(REDIS),
        messages=MESSAGES,
        residents=RESIDENTS,
        seconds=round(blown, 1),
        killed=killed,
        posts=len(platform.deliveries),
        statuses={str(status): count for status, count in sorted(statuses.items())},
        p50_ms=round(answered[len(answered) // 2] * 1000, 1),
        p99_ms=round(answered[int(len(answered) * 0.99)] * 1000, 1),
        max_ms=round(answered[-1] * 1000, 1),
        pushed=pushed,
        share_late=round(pushed / max(due, 1), 3),
        answers=due,
        turned_away=found["turned_away"],
        lost=found["lost"],
        doubled=found["doubled"],
        undone=found["undone"],
        out_of_service=broken,
    )
    return 1 if found["lost"] or found["doubled"] or found["undone"] or broken else 0


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
