import re
from functools import partial

import pytest
from playwright.sync_api import Page, Route, expect

from tests.channels.web.canned_service import CannedService
from tests.channels.web.talk import expect_log, own, replies, say, stop_clock, unsent, until

pytestmark = pytest.mark.browser

MESSAGES = "**/api/chat/messages"


def swallow_answer(route: Route) -> None:
    """The service gets the message; its answer is lost on the way."""
    route.fetch()
    route.abort("connectionreset")


def test_a_lost_answer_makes_one_message_and_one_reply(page: Page, service: CannedService) -> None:
    page.route(MESSAGES, swallow_answer, times=1)
    say(page, "你好")
    expect_log(page, ["你好", "收到：你好"])
    assert len(service.posts) == 2
    assert len({post["message_id"] for post in service.posts}) == 1
    assert len({post["conversation_id"] for post in service.posts}) == 1
    assert service.said() == ["你好"]
    assert unsent(page) == []


def test_offline_messages_wait_in_order_and_go_out_when_the_line_is_back(
    page: Page, service: CannedService
) -> None:
    page.context.set_offline(True)
    say(page, "第一")
    say(page, "第二")
    expect(page.locator("#connection")).to_have_text("暂时连不上。您写的都留着，连上后会自动送出。")
    expect(own(page).first).to_contain_text("未送达，正在重试")
    assert len(unsent(page)) == 2
    page.context.set_offline(False)
    expect_log(page, ["第一", "第二", "收到：第一", "收到：第二"])
    expect(page.locator("#connection")).to_be_hidden()
    expect(page.locator(".delivery")).to_have_count(0)
    assert service.said() == ["第一", "第二"]


def test_an_unsent_message_outlives_a_reload(page: Page, service: CannedService) -> None:
    say(page, "你好")
    expect(replies(page)).to_have_count(1)
    page.route(MESSAGES, lambda route: route.abort("connectionreset"))
    say(page, "先放着")
    expect(own(page).last).to_contain_text("未送达")
    page.unroute(MESSAGES)
    page.reload()
    expect_log(page, ["你好", "收到：你好", "先放着", "收到：先放着"])
    assert service.said() == ["你好", "先放着"]


def test_a_message_answered_while_the_page_was_gone_is_shown_once(
    page: Page, service: CannedService
) -> None:
    page.route(MESSAGES, swallow_answer)
    say(page, "你好")
    expect(own(page)).to_contain_text("未送达")
    page.goto("about:blank")
    page.unroute(MESSAGES)
    sent = len(service.posts)
    page.goto(service.origin)
    expect_log(page, ["你好", "收到：你好"])
    expect(page.locator(".delivery")).to_have_count(0)
    assert service.said() == ["你好"]
    assert len(service.posts) == sent
    assert unsent(page) == []


def test_a_message_whose_reply_is_still_being_made_is_shown_once(
    page: Page, service: CannedService
) -> None:
    page.route(MESSAGES, swallow_answer)
    say(page, "你好")
    expect(own(page)).to_contain_text("未送达")
    [rows] = service.rows.values()
    reply = rows.pop()
    page.unroute(MESSAGES)
    page.reload()
    expect_log(page, ["你好", "收到：你好"])
    rows.append(reply)
    page.reload()
    expect_log(page, ["你好", "收到：你好"])


def test_a_past_that_comes_late_stands_before_what_was_said_since(
    page: Page, service: CannedService
) -> None:
    past = "**/api/chat/conversations/**"
    say(page, "从前")
    expect(replies(page)).to_have_count(1)
    page.route(past, lambda route: route.abort())
    page.reload()
    expect(page.locator("#connection")).to_be_visible()
    say(page, "现在")
    expect_log(page, ["现在", "收到：现在"])
    page.unroute(past)
    expect_log(page, ["从前", "收到：从前", "现在", "收到：现在"])


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_passing_fault_of_the_service_is_sat_out(
    page: Page, service: CannedService, status: int
) -> None:
    service.faults = [status]
    say(page, "你好")
    expect_log(page, ["你好", "收到：你好"])
    assert len(service.posts) == 2


def test_waiting_can_be_cut_short(page: Page, service: CannedService) -> None:
    stop_clock(page)
    service.faults = [503]
    say(page, "你好")
    page.get_by_role("button", name="马上重试").click()
    expect_log(page, ["你好", "收到：你好"])


def test_a_page_of_a_strange_network_is_no_answer(page: Page, service: CannedService) -> None:
    page.route(MESSAGES, lambda route: route.fulfill(body="<h1>请登录无线网</h1>"), times=1)
    say(page, "你好")
    expect_log(page, ["你好", "收到：你好"])


def test_a_refused_message_says_why_and_lets_the_next_one_pass(
    page: Page, service: CannedService
) -> None:
    service.faults = [422]
    say(page, "不行")
    expect(own(page)).to_contain_text("没有发出去：测试故障422")
    say(page, "可以")
    expect(replies(page)).to_have_text([re.compile("收到：可以")])
    assert len(service.posts) == 2
    page.reload()
    expect(own(page).filter(has_text="不行")).to_contain_text("测试故障422")
    page.get_by_role("button", name="改一改").click()
    expect(page.get_by_label("写给邻里的话")).to_have_value("不行")
    expect(own(page)).to_have_count(1)
    assert unsent(page) == []


def test_a_refused_message_can_be_sent_again_under_the_same_id(
    page: Page, service: CannedService
) -> None:
    service.faults = [422]
    say(page, "不行")
    page.get_by_role("button", name="再发一次").click()
    expect_log(page, ["不行", "收到：不行"])
    assert len({post["message_id"] for post in service.posts}) == 1


def test_a_message_that_breaks_the_service_does_not_hold_up_the_next(
    page: Page, service: CannedService
) -> None:
    def still(left: int) -> bool:
        return len(service.faults) == left

    stop_clock(page)
    service.faults = [500, 500, 500, 500]
    say(page, "弄坏")
    for left in (3, 2, 1):
        until(page, partial(still, left))
        expect(own(page)).to_contain_text("未送达")
        page.clock.run_for(6_000)
    expect(own(page)).to_contain_text("没有发出去：测试故障500")
    say(page, "你好")
    expect(replies(page)).to_have_text([re.compile("收到：你好")])


def test_a_new_conversation_tells_of_what_is_unsent(page: Page, service: CannedService) -> None:
    page.route(MESSAGES, lambda route: route.abort())
    say(page, "没送到")
    expect(own(page)).to_contain_text("未送达")
    page.get_by_role("button", name="新对话").click()
    expect(page.get_by_role("dialog")).to_contain_text("还有 1 条消息没送达")
    page.get_by_role("button", name="开始新对话").click()
    expect(own(page)).to_have_count(0)
    assert unsent(page) == []


def test_typing_shows_while_the_reply_is_made(page: Page, service: CannedService) -> None:
    service.held = True
    say(page, "你好")
    expect(page.locator("#typing")).to_be_visible()
    expect(own(page)).to_contain_text("正在发送")
    service.held = False
    expect(replies(page)).to_have_count(1)
    expect(page.locator("#typing")).to_be_hidden()


def test_a_page_without_storage_still_talks(page: Page, service: CannedService) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('closed'); }})"
    )
    page.reload()
    page.get_by_role("button", name="大字").click()
    say(page, "你好")
    expect_log(page, ["你好", "收到：你好"])
    page.route(MESSAGES, lambda route: route.abort())
    say(page, "再见")
    expect(own(page).last).to_contain_text("请先别关这个页面")
