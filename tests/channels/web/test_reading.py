import pytest
from playwright.sync_api import Browser, Page, expect

from tests.channels.web.canned_service import CannedService
from tests.channels.web.talk import expect_log, replies, say

pytestmark = pytest.mark.browser

EVERYTHING = ("老楼能装电梯吗", "楼道灯不亮", "家里着火了", "w" * 300)


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def set_text_size(page: Page, pixels: int) -> None:
    """The reader's own setting, as in the browser's preferences; 16 is the usual."""
    session = page.context.new_cdp_session(page)
    session.send("Page.setFontSizes", {"fontSizes": {"standard": pixels, "fixed": pixels}})


def font_size(page: Page) -> float:
    return float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))


@pytest.mark.parametrize("text_size", [16, 32])
@pytest.mark.parametrize("large", [False, True], ids=["ordinary", "large"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_scrolls_sideways(page: Page, width: int, large: bool, text_size: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    set_text_size(page, text_size)
    if large:
        page.get_by_role("button", name="大字").click()
    assert overflow(page) <= 0
    for number, text in enumerate(EVERYTHING, start=1):
        say(page, text)
        expect(replies(page)).to_have_count(number)
        assert overflow(page) <= 0, text
    page.locator("summary").click()
    page.get_by_role("button", name="新对话").click()
    assert overflow(page) <= 0


def test_words_grow_with_the_readers_own_setting(page: Page) -> None:
    before = font_size(page)
    set_text_size(page, 32)
    assert font_size(page) == 2 * before
    assert before == 17


def test_a_new_reply_is_seen_even_where_little_fits(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    set_text_size(page, 32)
    say(page, "楼道灯不亮")
    expect(replies(page)).to_have_count(1)
    top = replies(page).evaluate("reply => reply.getBoundingClientRect().top")
    assert 0 <= top < 200


def test_large_type_is_remembered(page: Page) -> None:
    toggle = page.get_by_role("button", name="大字")
    expect(toggle).to_have_attribute("aria-pressed", "false")
    before = font_size(page)
    toggle.click()
    assert font_size(page) >= 1.25 * before
    page.reload()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    assert font_size(page) >= 1.25 * before
    toggle.click()
    page.reload()
    assert font_size(page) == before


def test_all_of_it_works_by_keyboard_alone(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到输入框")).to_be_focused()
    expect(page.get_by_role("link", name="跳到输入框")).to_be_in_viewport()
    for name in ("大字", "新对话", "居住证怎么办？"):
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name=name)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="新对话")).to_be_focused()
    page.get_by_role("link", name="跳到输入框").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("写给邻里的话")).to_be_focused()
    page.keyboard.type("老楼能装电梯吗")
    page.keyboard.press("Enter")
    expect(page.locator("summary")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="没解决")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("blockquote")).to_be_visible()
    page.get_by_role("button", name="没解决").focus()
    page.keyboard.press("Enter")
    expect(replies(page).last).to_contain_text("收到：没解决")
    expect(page.get_by_label("写给邻里的话")).to_be_focused()


def test_focus_can_be_seen(page: Page) -> None:
    for _ in range(9):
        page.keyboard.press("Tab")
        ring = page.evaluate(
            "() => { const on = document.activeElement;"
            " const style = getComputedStyle(on.id === 'photo' ? on.nextElementSibling : on);"
            " return style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2; }"
        )
        assert ring, page.evaluate("document.activeElement.outerHTML")


def test_shift_enter_starts_a_new_line(page: Page, service: CannedService) -> None:
    page.get_by_label("写给邻里的话").focus()
    page.keyboard.type("一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("两行")
    assert service.posts == []
    page.keyboard.press("Enter")
    expect(replies(page)).to_have_count(1)
    assert service.posts[0]["text"] == "一行\n两行"


def test_enter_of_an_input_method_does_not_send(page: Page, service: CannedService) -> None:
    field = page.get_by_label("写给邻里的话")
    field.focus()
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "ni", "selectionStart": 2, "selectionEnd": 2})
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
    session.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    session.send("Input.insertText", {"text": "你"})
    field.evaluate(
        "field => field.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}))"
    )
    expect(field).to_have_value("你")
    assert service.posts == []
    page.keyboard.press("Enter")
    expect_log(page, ["你", "收到：你"])


def test_a_screen_reader_hears_who_says_what(page: Page) -> None:
    log = page.get_by_role("log", name="对话")
    expect(log).to_have_attribute("aria-live", "polite")
    say(page, "你好")
    expect(replies(page)).to_have_count(1)
    expect(log).to_contain_text("您说：")
    expect(log).to_contain_text("邻里说：")
    expect(page.get_by_role("heading", level=1)).to_have_text("邻里")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_every_control_has_a_name_and_is_large_enough_for_a_finger(page: Page) -> None:
    say(page, "老楼能装电梯吗")
    expect(replies(page)).to_have_count(1)
    controls = page.locator("button:visible, summary:visible, label.tool:visible")
    assert controls.count() >= 8
    for control in controls.all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, control.inner_text()
        assert control.inner_text().strip()


def test_the_page_follows_the_dark_scheme(browser: Browser, service: CannedService) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
        page = context.new_page()
        page.goto(service.origin)
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        context.close()
    assert grounds == ["rgb(245, 242, 235)", "rgb(21, 27, 25)"]


def test_a_wide_window_keeps_the_questions_beside_the_conversation(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="居住证怎么办？").click()
    expect(replies(page)).to_have_count(1)
    question = page.get_by_role("button", name="居住证怎么办？")
    expect(question).to_be_visible()
    beside, said = question.bounding_box(), replies(page).bounding_box()
    assert beside is not None
    assert said is not None
    assert beside["x"] + beside["width"] < said["x"]
