import json

import pytest
from playwright.sync_api import Error, Page, expect

from tests.channels.web.canned_service import ATTACK, CannedService
from tests.channels.web.conftest import Watch
from tests.channels.web.talk import expect_log, own, replies, say

pytestmark = pytest.mark.browser


def expect_harmless(page: Page) -> None:
    page.wait_for_timeout(100)  # time for an injected picture to fail
    assert page.evaluate("window.hit ?? null") is None
    expect(page.locator("#log script, #log img")).to_have_count(0)
    expect(page.locator("#log b").get_by_text("粗", exact=True)).to_have_count(0)


def test_markup_in_every_field_of_a_reply_is_text(page: Page) -> None:
    say(page, "攻击")
    reply = replies(page)
    expect(reply.locator("> .text")).to_have_text(ATTACK)
    expect(reply.get_by_role("button").first).to_be_visible()
    expect(reply.locator(".ticket h3")).to_have_text(ATTACK)
    reply.locator("summary").click()
    expect(reply.locator("blockquote")).to_have_text(ATTACK)
    expect_harmless(page)


def test_only_web_addresses_and_numbers_become_links(page: Page) -> None:
    say(page, "攻击")
    expect(replies(page).locator(".call")).to_be_visible()
    expect(replies(page).locator("a")).to_have_count(0)


@pytest.mark.parametrize(
    "text",
    [ATTACK, "javascript:alert(1)", "😀🎉", "\u202e反过来\u200b\u0007", "</div></body>", "{{7*7}}"],
)
def test_whatever_is_written_is_shown_as_it_was_written(
    page: Page, service: CannedService, text: str
) -> None:
    say(page, text)
    expect_log(page, [text, f"收到：{text}"])
    assert service.posts[0]["text"] == text
    page.reload()
    expect_log(page, [text, f"收到：{text}"])
    expect_harmless(page)


def test_markup_waiting_in_storage_is_text(page: Page, service: CannedService) -> None:
    entry = {
        "conversation_id": "c",
        "message_id": "m",
        "at": 1,
        "text": "甲",
        "shown": ATTACK,
        "refused": ATTACK,
    }
    page.evaluate(
        "([entry]) => { localStorage['linli.conversation'] = 'c';"
        " localStorage['linli.unsent.m'] = entry; localStorage['linli.unsent.x'] = '{broken'; }",
        [json.dumps(entry)],
    )
    page.reload()
    expect(own(page).locator("> .text")).to_have_text(ATTACK)
    expect_harmless(page)


def test_a_reply_of_odd_shape_does_not_break_the_page(page: Page) -> None:
    say(page, "怪")
    expect(replies(page).last).to_contain_text("还在")
    say(page, "你好")
    expect(replies(page).last).to_contain_text("收到：你好")


@pytest.mark.parametrize(
    ("attempt", "stopped_by"),
    [
        ("document.body.innerHTML = '<b>in</b>'", "TrustedHTML"),
        ("document.body.setAttribute('onclick', 'window.hit = 1')", "TrustedScript"),
        ("document.createElement('script').src = '/x.js'", "TrustedScriptURL"),
    ],
)
def test_the_policy_stops_a_script_of_ours_that_would_make_markup(
    page: Page, watch: Watch, attempt: str, stopped_by: str
) -> None:
    with pytest.raises(Error, match=f"'{stopped_by}'"):
        page.evaluate(attempt)
    watch.complaints.clear()


def test_the_policy_stops_a_picture_from_elsewhere(page: Page, watch: Watch) -> None:
    with page.expect_console_message(lambda line: "Content Security Policy" in line.text):
        page.evaluate("document.createElement('img').src = 'https://example.invalid/x.png'")
    watch.complaints.clear()
    watch.requests.remove("https://example.invalid/x.png")
