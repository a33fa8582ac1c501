import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi import FastAPI

from bot.cli import main
from bot.engine import free_port
from channels.attachments import Attachments
from channels.courier import Courier
from channels.telegram.channel import build_telegram
from channels.telegram.incoming import LISTENS_TO, MENU
from channels.telegram.standin import Refusal, StandIn
from nlu.clock import system_clock
from tests.channels.house import OWNER, opened
from tests.channels.serving import serving

TOKEN, SECRET = "7000001:key-of-the-bot", "secret-of-the-webhook"


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A stand-in on a port of its own, and settings that name it."""
    platform = StandIn(TOKEN)
    monkeypatch.setenv("LINLI_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("LINLI_TELEGRAM_SECRET", SECRET)
    with serving(platform.api()) as address:
        monkeypatch.setenv("LINLI_TELEGRAM_API_URL", address)
        yield platform


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["telegram", *arguments])
    return done.exit_code, done.output


def test_the_webhook_is_put_looked_at_and_removed(platform: StandIn) -> None:
    status, output = run("webhook", "https://linli.example/")
    assert status == 0
    assert "telegram is ON" in output
    assert platform.webhook == "https://linli.example/channels/telegram"
    assert (platform.secret, platform.listens_to) == (SECRET, list(LISTENS_TO))
    assert [command["command"] for command in platform.commands] == list(MENU)
    status, output = run("status")
    assert (status, "@linli_trial_bot" in output) == (0, True)
    assert "https://linli.example/channels/telegram" in output
    assert SECRET not in output
    assert run("remove")[0] == 0
    assert platform.webhook == ""
    assert "webhook   none" in run("status")[1]


def test_what_went_wrong_last_is_told(platform: StandIn) -> None:
    platform.last_error = (1_700_000_000, "Connection timed out")
    assert "failed    2023-11-15 06:13:20: Connection timed out" in run("status")[1]


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """A service of that bot; its address, and the port where it looks for the Bot API."""
    api_port = free_port()
    with opened(tmp_path / "linli.db") as house:
        house.clock = system_clock  # type: ignore[method-assign]
        telegram = build_telegram(
            TOKEN,
            SECRET,
            house.sessions,
            polls=False,
            url=f"http://127.0.0.1:{api_port}",
            attachments=Attachments(tmp_path, 1000),
            vault=house.vault,
            wording=house.wording,
            clock=system_clock,
            owner=OWNER,
        )
        courier = Courier(
            house.sessions, telegram.writers, vault=house.vault, clock=system_clock, owner=OWNER
        )
        gateway = house.gateway()
        gateway.call_courier = courier.call

        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[None]:
            bringing = asyncio.create_task(courier.run())
            yield
            bringing.cancel()
            await asyncio.gather(bringing, return_exceptions=True)
            await telegram.close()

        app = FastAPI(lifespan=lifespan)
        app.include_router(telegram.routes(gateway))
        with serving(app) as address:
            monkeypatch.setenv("LINLI_TELEGRAM_TOKEN", TOKEN)
            monkeypatch.setenv("LINLI_TELEGRAM_SECRET", SECRET)
            yield address, api_port


def test_a_rehearsal_shows_what_a_resident_would_see(service: tuple[str, int]) -> None:
    url, port = service
    told = ("--url", url, "--api-port", str(port), "/start", "我的工单", "路灯坏了")
    status, output = run("rehearse", *told)
    assert status == 0
    assert output.startswith("forged    refused\n")
    assert "[我要反映问题] [我的工单]" in output
    assert "收到：我的工单" in output
    assert "收到：路灯坏了" in output


def test_a_rehearsal_with_another_secret_or_at_nobody_fails(
    service: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, port = service
    nowhere = f"http://127.0.0.1:{free_port()}"
    taken = url.rpartition(":")[2]
    status, output = run("rehearse", "--url", url, "--api-port", taken)
    assert (status, "cannot be had" in output) == (2, True)
    assert "nothing answers" in run("rehearse", "--url", nowhere, "--api-port", str(port))[1]
    monkeypatch.setattr("bot.commands.telegram.SEEN_WITHIN", 0.3)
    status, output = run("rehearse", "--url", url, "--api-port", str(free_port()))
    assert (status, "nothing; is LINLI_TELEGRAM_API_URL" in output) == (1, True)
    monkeypatch.setenv("LINLI_TELEGRAM_SECRET", "secret-of-another-one")
    status, output = run("rehearse", "--url", url, "--api-port", str(port))
    assert (status, "not taken: HTTP 403" in output) == (1, True)


@pytest.mark.parametrize(
    "address",
    ["http://linli.example", "https://linli.example:8000", "linli.example", "https://", "https://[",
     "https://linli.example:99999"],
)  # fmt: skip
def test_an_address_that_telegram_does_not_take_is_told(platform: StandIn, address: str) -> None:
    status, output = run("webhook", address)
    assert status == 2
    assert "must be https://" in output
    assert platform.calls.total() == 0


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Refusal(401, "Unauthorized"), "does not know this token"),
        (Refusal(400, "Bad Request: bad webhook"), "says no: Bad webhook"),
        (Refusal(502, "Bad Gateway"), "cannot be reached"),
        (Refusal(429, "Too Many Requests", retry_after=3), "says no: RetryAfter"),
    ],
)
def test_each_refusal_is_one_line(platform: StandIn, fault: Refusal, told: str) -> None:
    platform.faults = [fault]
    status, output = run("remove")
    assert (status, len(output.splitlines())) == (2, 1)
    assert told in output
    assert TOKEN not in output


def test_where_nothing_answers_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("LINLI_TELEGRAM_POLLING", "true")
    monkeypatch.setenv("LINLI_TELEGRAM_API_URL", f"http://127.0.0.1:{free_port()}")
    status, output = run("status")
    assert (status, "cannot be reached" in output) == (2, True)
    status, output = run("webhook", "https://linli.example")
    assert (status, "LINLI_TELEGRAM_POLLING off" in output) == (2, True)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "no bot is set up"),
        ({"TOKEN": "not a token"}, "BotFather"),
        ({"TOKEN": TOKEN}, "needs LINLI_TELEGRAM_SECRET"),
        ({"TOKEN": TOKEN, "SECRET": "short"}, "16 to 256"),
        ({"TOKEN": TOKEN, "SECRET": "with a blank in it"}, "16 to 256"),
    ],
)
def test_settings_that_cannot_be_are_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], told: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"LINLI_TELEGRAM_{name}", value)
    status, output = run("status")
    assert (status, len(output.splitlines())) == (2, 1)
    assert told in output
    assert not any(value in output for value in settings.values())
