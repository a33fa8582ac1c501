import logging
from datetime import timedelta

import httpx
import pytest
from telegram.error import BadRequest, TelegramError

from channels.courier import NotNow, Undeliverable
from channels.telegram.api import LONGEST_WAIT, Blocked, build_bot, description, understood
from tests.channels.telegram.conftest import TOKEN

pytestmark = pytest.mark.anyio


async def ask(status: int, **answer: object) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(status, json=answer))
    bot = build_bot(TOKEN, "http://telegram.test", transport)
    try:
        with understood():
            await bot.send_message(1, "said in confidence")
    finally:
        await bot.request.shutdown()


@pytest.mark.parametrize(("asked", "waited"), [(7, timedelta(seconds=7)), (10**6, LONGEST_WAIT)])
async def test_too_much_waits_as_long_as_telegram_says(asked: int, waited: timedelta) -> None:
    with pytest.raises(NotNow) as wait:
        await ask(429, ok=False, description="Too Many", parameters={"retry_after": asked})
    assert wait.value.after == waited


@pytest.mark.parametrize(
    ("status", "told", "meaning"),
    [
        (403, "Forbidden: bot was blocked by the user", Blocked),
        (403, "Forbidden: user is deactivated", Blocked),
        (400, "Bad Request: chat not found", Blocked),
        (400, "Bad Request: message is too long", Undeliverable),
        (401, "Unauthorized", NotNow),
        (404, "Not Found", NotNow),
        (500, "Internal Server Error", TelegramError),
        (502, "Bad Gateway", TelegramError),
    ],
)
async def test_each_refusal_is_understood(status: int, told: str, meaning: type[Exception]) -> None:
    with pytest.raises(meaning) as refusal:
        await ask(status, ok=False, description=told)
    assert (type(refusal.value) is Blocked) == (meaning is Blocked)


async def test_the_network_and_what_is_no_json_are_failures() -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("gone")

    for transport in (
        httpx.MockTransport(broken),
        httpx.MockTransport(lambda request: httpx.Response(200, text="<html>")),
    ):
        bot = build_bot(TOKEN, "http://telegram.test", transport)
        with pytest.raises(TelegramError), understood():
            await bot.send_message(1, "said in confidence")
        await bot.request.shutdown()


def test_a_description_is_passed_on_only_where_nothing_said_can_be_in_it() -> None:
    assert description(BadRequest("message is too long")) == "message is too long"
    for told in ("can't parse 张三", "chat 12345 not found", "x" * 200):
        assert description(BadRequest(told)) == "BadRequest"


async def test_neither_token_nor_words_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with pytest.raises(TelegramError):
        await ask(500, ok=False, description="Internal Server Error")
    assert "confidence" not in caplog.text
    assert TOKEN not in caplog.text
