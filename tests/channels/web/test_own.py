"""Whose a conversation is, as browsers live it, over the real interface."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from socket import create_server
from threading import Thread
from time import monotonic, sleep

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, Route, expect

from actions.reply import Reply
from bot.server import Server
from channels.attachments import Attachments
from channels.errors import add_error_handlers
from channels.handling import Heard
from channels.outgoing import tell
from channels.web.page import page_routes
from tests.channels.house import House
from tests.channels.web.canned_service import CannedService
from tests.channels.web.channel_of import web_of
from tests.channels.web.conftest import Watch
from tests.channels.web.talk import expect_log, own, replies, say

pytestmark = pytest.mark.browser


async def answer(heard: Heard) -> Sequence[Reply]:
    what = "照片" if heard.said.images else heard.said.text or str(heard.said.location)
    return (Reply(f"收到：{what}"),)


@contextmanager
def running(house: House, folder: Path, port: int = 0) -> Iterator[str]:
    """The page and its interface as they are, over a house's database; where they are reached."""
    web = web_of(house, Attachments(folder, 5_000_000))
    gateway = house.gateway()
    gateway.respond = answer
    app = FastAPI()
    app.include_router(web.routes(gateway))
    app.include_router(page_routes(community="云溪街道", opening="您好", questions=["路灯？"]))
    add_error_handlers(app)
    listener = create_server(("127.0.0.1", port))
    config = uvicorn.Config(app, log_level="error", ws="none", lifespan="off")
    server = Server(config, ending=web.streams.close)
    thread = Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    started = monotonic()
    while not server.started:
        assert monotonic() - started < 60
        sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=60)
        listener.close()


@contextmanager
def resident(browser: Browser, origin: str) -> Iterator[Page]:
    """A browser of its own, on the page."""
    context = browser.new_context(locale="zh-CN", reduced_motion="reduce")
    page = context.new_page()
    page.goto(origin)
    yield page
    context.close()


def say_unasked(house: House, text: str) -> None:
    """Into the conversation begun first."""
    conversation = house.rows("transcript")[0]["conversation"]
    with house.sessions.begin() as session:
        tell(session, conversation, Reply(text), house.vault, house.clock())


def without_cookie(route: Route) -> None:
    """A conversation is begun, and nothing is kept that opens it."""
    route.fulfill(json={"conversation_id": f"linli1.{'A' * 22}"})


def test_each_browser_has_its_own_whose_key_no_script_sees_and_no_address_holds(
    browser: Browser, house: House, tmp_path: Path
) -> None:
    with running(house, tmp_path) as origin, resident(browser, origin) as one:
        watch = Watch()
        watch.follow(one)
        say(one, "我家的事")
        expect_log(one, ["我家的事", "收到：我家的事"])
        [cookie] = one.context.cookies()
        assert (cookie["name"], cookie["httpOnly"], cookie["sameSite"]) == ("linli", True, "Strict")
        assert one.evaluate("document.cookie") == ""
        name = str(one.evaluate("localStorage['linli.conversation']"))
        kept = one.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        assert cookie["value"].startswith(f"{name}.")
        assert cookie["value"] not in kept
        with resident(browser, origin) as other:
            other.evaluate("name => { localStorage['linli.conversation'] = name }", name)
            other.reload()
            expect(other.locator("#log .note")).to_contain_text("打不开了")
            expect(own(other)).to_have_count(0)
            say(other, "你好")
            expect(replies(other)).to_have_count(1)
            say_unasked(house, "您的工单办结了。")
            expect_log(one, ["我家的事", "收到：我家的事", "您的工单办结了。"])
            expect(replies(other)).to_have_count(1)
        assert any("/events" in url for url in watch.requests)
        assert not [url for url in watch.requests if cookie["value"].rpartition(".")[2] in url]


def test_a_restart_in_the_middle_loses_and_doubles_nothing(
    browser: Browser, house: House, tmp_path: Path
) -> None:
    with running(house, tmp_path) as origin:
        context = browser.new_context(locale="zh-CN")
        page = context.new_page()
        page.goto(origin)
        say(page, "你好")
        expect(replies(page)).to_have_count(1)
    say_unasked(house, "停着的时候说的")
    say(page, "停着的时候写的")
    with running(house, tmp_path, port=int(origin.rpartition(":")[2])):
        expect(page.locator("#log > .message")).to_have_count(5)
        say_unasked(house, "又起来了")
        expect(page.locator("#log > .message")).to_have_count(6)
        page.reload()
        expect_log(
            page,
            [
                "你好",
                "收到：你好",
                "停着的时候说的",
                "停着的时候写的",
                "收到：停着的时候写的",
                "又起来了",
            ],
        )
        context.close()


def test_on_a_shared_computer_nothing_is_left_for_who_comes_next(
    browser: Browser, house: House, tmp_path: Path
) -> None:
    with running(house, tmp_path) as origin, resident(browser, origin) as page:
        say(page, "我家的事")
        expect(replies(page)).to_have_count(1)
        second = page.context.new_page()
        second.goto(origin)
        expect(replies(second)).to_have_count(1)
        page.get_by_label("写给邻里的话").fill("写到一半")
        page.get_by_role("button", name="新对话").click()
        with page.expect_response("**/leave"):
            page.get_by_role("button", name="开始新对话").click()
        for one in (page, second):
            expect(one.locator("#log > .message")).to_have_count(0)
        expect(page.get_by_label("写给邻里的话")).to_have_value("")
        assert page.context.cookies() == []
        assert "我家的事" not in page.evaluate("JSON.stringify([localStorage, sessionStorage])")
        page.go_back()
        page.goto(origin)
        expect(page.locator("#log > .message")).to_have_count(0)
        say(page, "下一位")
        expect_log(page, ["下一位", "收到：下一位"])
        expect_log(second, ["下一位", "收到：下一位"])


def test_cleared_without_a_line_it_is_forgotten_at_once_and_the_key_when_the_line_is_back(
    browser: Browser, house: House, tmp_path: Path
) -> None:
    with running(house, tmp_path) as origin, resident(browser, origin) as page:
        say(page, "我家的事")
        expect(replies(page)).to_have_count(1)
        page.context.set_offline(True)
        page.get_by_role("button", name="新对话").click()
        page.get_by_role("button", name="开始新对话").click()
        expect(page.locator("#log > .message")).to_have_count(0)
        with page.expect_response("**/leave"):
            page.context.set_offline(False)
        page.wait_for_timeout(100)
        assert page.context.cookies() == []
        page.reload()
        expect(page.locator("#log > .message")).to_have_count(0)


def test_a_browser_that_keeps_no_cookie_still_talks(
    browser: Browser, house: House, tmp_path: Path
) -> None:
    with running(house, tmp_path) as origin, resident(browser, origin) as page:
        page.route("**/api/chat/conversations", without_cookie)
        say(page, "你好")
        expect_log(page, ["你好", "收到：你好"])
        say(page, "再见")
        expect_log(page, ["你好", "收到：你好", "再见", "收到：再见"])
        assert page.context.cookies() == []
        assert len({row["conversation"] for row in house.rows("transcript")}) == 1


def test_the_first_word_may_be_written_before_there_is_a_line(
    page: Page, service: CannedService
) -> None:
    page.context.set_offline(True)
    say(page, "你好")
    expect(own(page)).to_contain_text("未送达")
    page.context.set_offline(False)
    expect_log(page, ["你好", "收到：你好"])
    assert service.posts[0]["conversation_id"] == f"linli1.{service.begun}"


def test_when_the_key_has_run_out_what_is_written_goes_into_a_new_conversation(
    page: Page, service: CannedService
) -> None:
    say(page, "你好")
    expect(replies(page)).to_have_count(1)
    service.lost.add(next(iter(service.rows)))
    say(page, "还在吗")
    expect_log(page, ["还在吗", "收到：还在吗"])
    assert len(service.rows) == 2
