import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from actions.reply import Reply
from bot.engine import Engine, EngineUnavailable, free_port
from tests.bot.rasa.environment import NEEDED, PYTHON, VARIABLES

pytestmark = [*NEEDED, pytest.mark.anyio]

TOKEN = "a-token"
SERVER = """
import sys
from sanic import Sanic
from bot.rasa.channel import LinliChannel

try:
    LinliChannel.from_credentials({})
    sys.exit("a channel without a token")
except ValueError:
    pass


class Agent:
    ready = False

    def is_ready(self):
        return Agent.ready

    async def parse_message(self, text):
        return {"intent": {"name": "greet"}, "text": text}


async def hear(message):
    if message.text == "be ready":
        Agent.ready = True
    if "fail" in message.text:
        raise RuntimeError(message.text)
    said = f"{message.sender_id} {message.input_channel} {message.text} {message.metadata}"
    await message.output_channel.send_text_message(message.sender_id, said)
    await message.output_channel.send_custom_json(message.sender_id, {"text": "card"})


app = Sanic("linli_channel")
app.ctx.agent = Agent()
channel = LinliChannel.from_credentials({"token": sys.argv[2]})
app.blueprint(channel.blueprint(hear), url_prefix=f"/webhooks/{channel.name()}")
app.run("127.0.0.1", int(sys.argv[1]), access_log=False)
"""


class Served:
    def __init__(self, url: str, log: Path) -> None:
        self.url = url
        self.log = log


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    port = free_port()
    log = tmp_path_factory.mktemp("channel") / "log"
    with (
        log.open("wb") as out,
        subprocess.Popen(  # noqa: S603
            [PYTHON, "-c", f"import skops.io\n{SERVER}", str(port), TOKEN],
            env=VARIABLES,
            stdout=out,
            stderr=out,
        ) as process,
    ):
        url = f"http://127.0.0.1:{port}"
        try:
            wait_for(url, process, log)
            yield Served(url, log)
        finally:
            process.kill()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"{url}/webhooks/linli/ready", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(log.read_text())


def engine_of(served: Served, token: str = TOKEN) -> Engine:
    return Engine(served.url, token, timeout=60)


async def test_the_service_is_heard_and_gets_every_reply(served: Served) -> None:
    engine = engine_of(served)
    assert await engine.respond("web:a", "路灯坏了", 7) == [
        Reply("web:a linli 路灯坏了 {'message': 7, 'part': None}"),
        Reply("card"),
    ]
    assert await engine.parse("您好") == {"intent": {"name": "greet"}, "text": "您好"}
    await engine.close()


@pytest.mark.parametrize("path", ["messages", "parse"])
@pytest.mark.parametrize("given", [None, "", "Bearer", f"Bearer {TOKEN}x", TOKEN, "Bearer 令牌"])
async def test_nobody_else_is_heard(served: Served, path: str, given: str | None) -> None:
    headers: dict[Any, Any] = {} if given is None else {"authorization": given.encode()}
    body = {"conversation": "web:a", "text": "overheard", "metadata": {}}
    async with httpx.AsyncClient(base_url=f"{served.url}/webhooks/linli", trust_env=False) as http:
        refused = await http.post(f"/{path}", json=body, headers=headers)
    assert refused.status_code in {401, 500}
    assert "overheard" not in refused.text
    assert "greet" not in refused.text


async def test_what_fails_is_an_error_and_nothing_said_is_logged(served: Served) -> None:
    engine = engine_of(served)
    with pytest.raises(EngineUnavailable):
        await engine.respond("web:a", "fail 13800000000", 1)
    log = served.log.read_text()
    assert "RuntimeError" in log
    assert "13800000000" not in log
    await engine.close()


async def test_it_is_ready_when_its_model_is(served: Served) -> None:
    engine = engine_of(served)
    assert not await engine.is_ready()
    await engine.respond("web:a", "be ready", 1)
    assert await engine.is_ready()
    await engine.close()
