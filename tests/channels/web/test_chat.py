import re

import pytest
from playwright.sync_api import Page, expect

from tests.channels.web.canned_service import CannedService
from tests.channels.web.talk import expect_log, replies, say, unsent

pytestmark = pytest.mark.browser


def test_a_quick_question_is_sent_as_it_stands(page: Page, service: CannedService) -> None:
    page.get_by_role("button", name="居住证怎么办？").click()
    expect_log(page, ["居住证怎么办？", "收到：居住证怎么办？"])
    expect(page.get_by_role("button", name="居住证怎么办？")).to_be_hidden()


def test_a_citation_unfolds(page: Page) -> None:
    say(page, "老楼能装电梯吗")
    fold = replies(page).locator("details")
    expect(fold.locator("summary")).to_have_text("查看依据")
    expect(fold.get_by_text("（示例）这里是条文的原文。")).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.get_by_text("（示例）这里是条文的原文。")).to_be_visible()
    expect(fold).to_contain_text("施行日期 2021年1月1日")
    link = fold.get_by_role("link")
    expect(link).to_have_attribute("href", "https://example.org/law")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_a_button_sends_its_text_and_goes(page: Page, service: CannedService) -> None:
    say(page, "老楼能装电梯吗")
    page.get_by_role("button", name="没解决").click()
    expect(replies(page).last).to_have_text(re.compile("收到：没解决"))
    expect(page.get_by_role("button", name="没解决")).to_have_count(0)
    assert service.said() == ["老楼能装电梯吗", "没解决"]


def test_a_ticket_card_says_number_status_and_deadline(page: Page) -> None:
    say(page, "楼道灯不亮")
    card = page.get_by_role("region", name="工单 LL20301122-0042-7")
    for told in ("3号楼2单元楼道灯不亮", "待受理", "云溪街道青禾社区3号楼2单元"):
        expect(card).to_contain_text(told)
    expect(card).to_contain_text("2030年11月28日（周四）24:00 前")


def test_the_ticket_number_can_be_copied(page: Page, service: CannedService) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=service.origin)
    say(page, "楼道灯不亮")
    page.get_by_role("button", name="复制单号").click()
    expect(page.get_by_role("button", name="单号已复制")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "LL20301122-0042-7"


def test_an_emergency_stands_out_and_can_be_dialled(page: Page) -> None:
    say(page, "家里着火了")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("紧急情况")
    calls = alert.get_by_role("link")
    expect(calls).to_have_text([re.compile("拨打 119.*火警"), re.compile("010-0000 0000")])
    expect(calls.nth(0)).to_have_attribute("href", "tel:119")
    expect(calls.nth(1)).to_have_attribute("href", "tel:01000000000")


def test_a_reload_keeps_the_conversation(page: Page, service: CannedService) -> None:
    say(page, "你好")
    expect(replies(page)).to_have_count(1)
    say(page, "老楼能装电梯吗")
    expect(replies(page)).to_have_count(2)
    before = page.locator("#log .text").all_text_contents()
    page.reload()
    expect_log(page, before)
    expect(page.get_by_role("button", name="没解决")).to_be_visible()
    say(page, "谢谢")
    expect(replies(page)).to_have_count(3)
    page.reload()
    expect(replies(page)).to_have_count(3)
    expect(page.get_by_role("button", name="没解决")).to_have_count(0)
    assert len(service.rows) == 1


def test_a_long_past_is_fetched_whole(page: Page, service: CannedService) -> None:
    say(page, "你好")
    expect(replies(page)).to_have_count(1)
    conversation = next(iter(service.rows))
    for number in range(120):
        service.notify(conversation, f"通知{number}")
    page.reload()
    expect(replies(page)).to_have_count(121)
    expect(replies(page).last).to_be_in_viewport()


def test_news_of_nobodys_turn_arrives_once(page: Page, service: CannedService) -> None:
    say(page, "你好")
    expect(replies(page)).to_have_count(1)
    service.notify(next(iter(service.rows)), "您的工单办结了。")
    expect_log(page, ["你好", "收到：你好", "您的工单办结了。"])
    service.notify(next(iter(service.rows)), "请打分。")
    expect_log(page, ["你好", "收到：你好", "您的工单办结了。", "请打分。"])


def test_what_is_said_on_a_second_page_appears_on_the_first(page: Page) -> None:
    say(page, "你好")
    expect(replies(page)).to_have_count(1)
    second = page.context.new_page()
    second.goto(page.url)
    expect(replies(second)).to_have_count(1)
    say(second, "两句")
    expect(replies(second)).to_have_count(3)
    expect_log(page, ["你好", "收到：你好", "两句", "第一句", "第二句"])


def test_a_new_conversation_needs_a_yes(page: Page, service: CannedService) -> None:
    say(page, "你好")
    expect(replies(page)).to_have_count(1)
    page.get_by_role("button", name="新对话").click()
    page.get_by_role("button", name="接着聊").click()
    expect(replies(page)).to_have_count(1)
    page.get_by_role("button", name="新对话").click()
    page.get_by_role("button", name="开始新对话").click()
    expect(replies(page)).to_have_count(0)
    expect(page.get_by_role("button", name="居住证怎么办？")).to_be_visible()
    say(page, "又来了")
    expect_log(page, ["又来了", "收到：又来了"])
    assert len(service.rows) == 2


def test_the_service_may_give_the_conversation_its_own_id(
    page: Page, service: CannedService
) -> None:
    service.given_id = "given"
    say(page, "你好")
    expect(replies(page)).to_have_count(1)
    say(page, "再见")
    expect(replies(page)).to_have_count(2)
    assert service.posts[1]["conversation_id"] == "given"
    page.reload()
    expect_log(page, ["你好", "收到：你好", "再见", "收到：再见"])


def test_an_empty_message_is_not_sent(page: Page, service: CannedService) -> None:
    say(page, " \n ")
    say(page, "你好")
    expect_log(page, ["你好", "收到：你好"])
    assert len(service.posts) == 1


def test_the_counter_speaks_near_the_limit_and_holds_back_beyond(
    page: Page, service: CannedService
) -> None:
    remaining = page.locator("#remaining")
    say(page, "长" * 2001)
    expect(remaining).to_have_text("超出 1 字，请分几次发")
    assert unsent(page) == []
    page.get_by_label("写给邻里的话").fill("😀" * 2000)
    expect(remaining).to_have_text("还能写 0 字")
    page.get_by_label("写给邻里的话").fill("短")
    expect(remaining).to_have_text("")


def test_a_draft_outlives_a_reload(page: Page) -> None:
    page.get_by_label("写给邻里的话").fill("写到一半")
    page.reload()
    expect(page.get_by_label("写给邻里的话")).to_have_value("写到一半")


def test_a_long_answer_is_shown_from_its_first_line(page: Page) -> None:
    say(page, "很长")
    expect(replies(page)).to_have_count(1)
    top = replies(page).evaluate("reply => reply.getBoundingClientRect().top")
    bar = page.locator(".bar").evaluate("bar => bar.getBoundingClientRect().bottom")
    assert bar <= top < bar + 60


def test_a_reader_of_a_long_answer_is_not_moved_by_news(page: Page, service: CannedService) -> None:
    say(page, "很长")
    expect(replies(page)).to_have_count(1)
    before = page.evaluate("scrollY")
    service.notify(next(iter(service.rows)), "您的工单办结了。")
    expect(page.get_by_role("button", name="有新回复")).to_be_visible()
    assert page.evaluate("scrollY") == before
    page.get_by_role("button", name="有新回复").click()
    expect(replies(page).last).to_be_in_viewport()
    expect(page.get_by_role("button", name="有新回复")).to_be_hidden()


def test_a_reply_to_a_message_taller_than_the_window_is_brought_into_view(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 400})
    say(page, "\n".join("行" * 40))
    expect(replies(page)).to_have_count(1)
    say(page, "很长" + "\n行" * 60)
    expect(replies(page)).to_have_count(2)
    expect(replies(page).last).to_be_in_viewport()
    expect(page.get_by_role("button", name="有新回复")).to_be_hidden()


def test_who_goes_back_to_read_is_not_moved_by_the_reply(
    page: Page, service: CannedService
) -> None:
    say(page, "很长")
    expect(replies(page)).to_have_count(1)
    service.held = True
    say(page, "你好")
    expect(page.locator("#typing")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    service.held = False
    expect(replies(page)).to_have_count(2)
    expect(page.get_by_role("button", name="有新回复")).to_be_visible()
    assert page.evaluate("scrollY") == 0
