"""What arrives on the page without being asked for."""

from collections import Counter
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.channels.web.canned_service import CannedService
from tests.channels.web.talk import expect_log, own, replies, say, until

pytestmark = pytest.mark.browser

NO_STREAMS = "delete window.EventSource"
HIDDEN = """(hidden) => {
  Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def begin(page: Page, service: CannedService) -> str:
    """The conversation, after a first word."""
    say(page, "你好")
    expect(replies(page)).to_have_count(1)
    return next(iter(service.rows))


def begin_listening(page: Page, service: CannedService) -> str:
    """The conversation, after a first word and a first line that came by the stream."""
    conversation = begin(page, service)
    until(page, lambda: service.streams > 0)
    service.notify(conversation, "先说一句")
    expect(replies(page)).to_have_count(2)
    return conversation


def test_news_appears_by_itself(page: Page, service: CannedService) -> None:
    conversation = begin(page, service)
    service.notify(conversation, "您的工单办结了。")
    expect_log(page, ["你好", "收到：你好", "您的工单办结了。"])


def test_a_person_at_the_desk_is_told_from_linli(page: Page, service: CannedService) -> None:
    conversation = begin(page, service)
    service.notify(conversation, "您好，我是社区的小张。", speaker="operator")
    message = page.locator("#log .operator")
    expect(message.get_by_role("heading", name="工作人员")).to_be_visible()
    expect(message).not_to_contain_text("邻里说")
    page.reload()
    expect(page.locator("#log .operator")).to_contain_text("我是社区的小张")
    expect(replies(page)).to_have_count(2)


def test_a_person_may_answer_the_very_message_this_page_sent(
    page: Page, service: CannedService
) -> None:
    conversation = begin(page, service)
    turn = service.posts[0]["message_id"]
    service.record(conversation, {"from": "operator", "message_id": turn, "text": "我来看看"})
    expect_log(page, ["你好", "收到：你好", "我来看看"])


def more_streams(service: CannedService, than: int) -> bool:
    return service.streams > than


def test_a_stream_that_breaks_off_goes_on_where_it_was(page: Page, service: CannedService) -> None:
    conversation = begin(page, service)
    for number in range(5):
        opened = service.streams
        service.cut += 1
        service.notify(conversation, f"第{number}条")
        expect(replies(page)).to_have_count(number + 2)
        until(page, partial(more_streams, service, opened))
    page.wait_for_timeout(200)
    expect_log(page, ["你好", "收到：你好", *(f"第{n}条" for n in range(5))])


def test_what_was_said_while_there_was_no_line_comes_when_it_is_back(
    page: Page, service: CannedService
) -> None:
    conversation = begin_listening(page, service)
    page.context.set_offline(True)
    service.cut += 1
    service.notify(conversation, "停水通知")
    expect(page.locator("#connection")).to_be_visible()
    page.context.set_offline(False)
    expect_log(page, ["你好", "收到：你好", "先说一句", "停水通知"])
    expect(page.locator("#connection")).to_be_hidden()


def test_a_browser_without_streams_looks_by_itself(page: Page, service: CannedService) -> None:
    page.add_init_script(NO_STREAMS)
    page.clock.install()
    page.reload()
    conversation = begin(page, service)
    service.notify(conversation, "您的工单办结了。")
    page.clock.run_for(11_000)
    expect_log(page, ["你好", "收到：你好", "您的工单办结了。"])
    assert service.streams == 0


def test_where_no_stream_is_left_news_comes_all_the_same(
    page: Page, service: CannedService
) -> None:
    page.clock.install()
    service.shut = True
    conversation = begin(page, service)
    service.notify(conversation, "您的工单办结了。")
    page.clock.run_for(4_000)
    expect_log(page, ["你好", "收到：你好", "您的工单办结了。"])
    service.shut = False
    page.clock.run_for(30_000)
    until(page, lambda: service.streams >= 1)
    service.notify(conversation, "请打分。")
    expect_log(page, ["你好", "收到：你好", "您的工单办结了。", "请打分。"])


def test_a_stream_that_has_gone_silent_is_opened_again(page: Page, service: CannedService) -> None:
    """As after a night's sleep: the connection looks open and is dead."""
    page.clock.install()
    begin_listening(page, service)
    opened = service.streams
    page.clock.run_for(45_000)
    until(page, lambda: service.streams > opened)


def test_a_page_that_nobody_sees_stops_listening_and_catches_up(
    page: Page, service: CannedService
) -> None:
    page.clock.install()
    conversation = begin_listening(page, service)
    page.evaluate(HIDDEN, True)
    page.clock.run_for(310_000)
    until(page, lambda: not service.requests)
    opened = service.streams
    service.notify(conversation, "停水通知")
    page.clock.run_for(60_000)
    page.wait_for_timeout(200)
    assert service.streams == opened
    expect(replies(page)).to_have_count(2)
    page.evaluate(HIDDEN, False)
    expect_log(page, ["你好", "收到：你好", "先说一句", "停水通知"])


def test_what_came_while_nobody_looked_is_told_in_the_title(
    page: Page, service: CannedService
) -> None:
    conversation = begin(page, service)
    page.evaluate(HIDDEN, True)
    service.notify(conversation, "停水通知")
    expect(page).to_have_title("（1条新消息）邻里 · 云溪街道")
    service.notify(conversation, "来水了")
    expect(page).to_have_title("（2条新消息）邻里 · 云溪街道")
    page.evaluate(HIDDEN, False)
    expect(page).to_have_title("邻里 · 云溪街道")


def test_news_is_read_out_politely_and_once(page: Page, service: CannedService) -> None:
    conversation = begin(page, service)
    page.evaluate(
        "window.added = []; new MutationObserver((seen) => { for (const { addedNodes } of seen)"
        " for (const node of addedNodes) window.added.push(node.textContent); })"
        ".observe(document.getElementById('log'), { childList: true });"
    )
    service.notify(conversation, "停水通知")
    expect(replies(page)).to_have_count(2)
    service.cut += 1
    page.wait_for_timeout(200)
    assert page.evaluate("window.added") == ["邻里说：停水通知"]
    log = page.get_by_role("log", name="对话")
    expect(log).to_have_attribute("aria-live", "polite")


STEPS = [
    *("say", "cut", "notify", "offline", "say", "operator", "online", "other", "cut"),
    *("operator", "say", "reload", "cut", "notify", "say"),
]
"""test_streams.py draws such at random, without a browser."""


def test_no_line_twice_and_none_missing_whatever_happens_between(
    browser: Browser, service: CannedService
) -> None:
    context = browser.new_context(locale="zh-CN", reduced_motion="reduce")
    page = context.new_page()
    page.goto(service.origin)
    conversation = begin(page, service)
    other = context.new_page()
    other.goto(service.origin)
    expected = ["你好", "收到：你好"]
    for number, step in enumerate(STEPS):
        match step:
            case "say" | "other":
                say(page if step == "say" else other, f"说{number}")
                expected += [f"说{number}", f"收到：说{number}"]
            case "notify" | "operator":
                speaker = "linli" if step == "notify" else "operator"
                service.notify(conversation, f"通知{number}", speaker=speaker)
                expected.append(f"通知{number}")
            case "cut":
                service.cut += 1
            case "offline" | "online":
                context.set_offline(step == "offline")
            case _:
                context.set_offline(False)
                page.reload()
    context.set_offline(False)
    for one in (page, other):
        expect(one.locator("#log > .message")).to_have_count(len(expected))
    page.wait_for_timeout(150)
    for one in (page, other):
        shown = one.locator("#log > .message > .text").all_text_contents()
        assert Counter(shown) == Counter(expected)
    page.reload()
    expect_log(page, [row["text"] for row in service.rows[conversation]])
    expect(own(page).locator(".delivery")).to_have_count(0)
    context.close()
