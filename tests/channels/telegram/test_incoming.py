from typing import Any

import pytest
from telegram import Update

from actions.turn import Location, Said
from channels.telegram.incoming import COMMANDS, LONGEST_NAME, MENU, Incoming, read
from channels.telegram.standin import StandIn, photo
from tests.channels.telegram.conftest import ANNE, TOKEN

PLATFORM = StandIn(TOKEN)
FILE = {"file_id": "f1", "file_unique_id": "u1"}
CLIP = {**FILE, "width": 1, "height": 1, "duration": 1}
POINT = {"latitude": 39.9, "longitude": 116.3}


def message(**content: Any) -> dict[str, Any]:
    return PLATFORM.message(ANNE, 7, **content)


def heard(kind: str = "message", **content: Any) -> Incoming | None:
    return read(Update.de_json({"update_id": 70, kind: message(**content)}, None))


def said(**content: Any) -> Said:
    incoming = heard(**content)
    assert incoming is not None
    assert (incoming.chat, incoming.number) == (ANNE, "7")
    return incoming.said


def test_words_are_words() -> None:
    assert said(text="路灯坏了") == Said("路灯坏了")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("/start", Said("", notice="greet")),
        ("/start flyer-7", Said("", notice="greet")),
        ("/help@linli_trial_bot", Said("", notice="help")),
        ("/CANCEL", Said("取消")),
        ("/tickets", Said("我的工单")),
        ("/dance", Said("", notice="help")),
        ("/3号楼路灯坏了", Said("/3号楼路灯坏了")),
        ("/", Said("/")),
        ("3/5号楼", Said("3/5号楼")),
    ],
)
def test_commands_are_said_in_linlis_words(text: str, meant: Said) -> None:
    assert said(text=text) == meant


def test_a_place_is_in_the_datum_of_telegram() -> None:
    assert said(location=POINT).location == Location(39.9, 116.3, None, "WGS-84")


def test_a_venue_has_its_name_and_address() -> None:
    venue = {"location": POINT, "title": "清河苑", "address": "清河路12号"}
    place = said(venue=venue, location=POINT).location
    assert place == Location(39.9, 116.3, "清河苑，清河路12号", "WGS-84")


@pytest.mark.parametrize(
    "point",
    [{"latitude": 91, "longitude": 0}, {"latitude": 0, "longitude": -181},
     {"latitude": float("nan"), "longitude": 0}, {"latitude": "39", "longitude": 0}],
)  # fmt: skip
def test_a_place_off_the_globe_is_none(point: dict[str, Any]) -> None:
    assert said(location=point) == Said("", notice="unknown_message")


def test_of_a_photo_the_largest_size_is_taken() -> None:
    assert said(photo=photo("p1"), caption="楼道") == Said("楼道", media=("p1",))
    assert said(photo=photo("p1")[::-1]) == Said("", media=("p1",))


def test_a_picture_sent_as_a_file_is_a_picture_and_other_files_are_not_opened() -> None:
    assert said(document={**FILE, "mime_type": "image/png"}).media == ("f1",)
    for kind in ("image/svg+xml", "application/pdf", None):
        assert said(document={**FILE, "mime_type": kind}) == Said("", notice="file_unread")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ({"voice": {**FILE, "duration": 3}}, "voice_unread"),
        ({"audio": {**FILE, "duration": 3}}, "voice_unread"),
        ({"video": CLIP}, "video_unseen"),
        ({"video_note": {**FILE, "length": 1, "duration": 1}}, "video_unseen"),
        ({"animation": CLIP, "document": FILE}, "video_unseen"),
        ({"document": FILE}, "file_unread"),
    ],
)
def test_what_is_not_read_gets_its_line_unless_there_are_words(
    content: dict[str, Any], line: str
) -> None:
    assert said(**content) == Said("", notice=line)
    assert said(**content, caption="路灯坏了") == Said("路灯坏了")


@pytest.mark.parametrize(
    "content",
    [
        {"dice": {"value": 3, "emoji": "🎲"}},
        {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": ANNE, "type": "private"}}},
        {"photo": []},
        {},
    ],
)
def test_anything_else_is_answered_politely(content: dict[str, Any]) -> None:
    assert said(**content) == Said("", notice="unknown_message")


@pytest.mark.parametrize(
    ("number", "meant"),
    [("+86 138 0000 0000", "13800000000"), ("8613800000000", "13800000000"),
     ("01055550100", "01055550100")],
)  # fmt: skip
def test_ones_own_number_may_be_shared(number: str, meant: str) -> None:
    card = {"phone_number": number, "first_name": "甲", "user_id": ANNE}
    assert said(contact=card) == Said(meant)


def test_somebody_elses_card_is_left_alone() -> None:
    for owner in ({"user_id": ANNE + 1}, {}):
        card = {"phone_number": "13800000000", "first_name": "乙", **owner}
        assert said(contact=card) == Said("", notice="unknown_message")


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel", ""])
def test_only_private_chats_are_heard(kind: str) -> None:
    chat = {"id": -100, "type": kind, "title": "小区群"}
    assert heard(text="路灯坏了", chat=chat) is None
    assert heard("edited_message", text="路灯坏了", chat=chat) is None
    query = {"id": "1", "from": PLATFORM.person(ANNE), "chat_instance": "c", "data": "好"}
    pressed = {**query, "message": message(chat=chat)}
    assert read(Update.de_json({"update_id": 1, "callback_query": pressed}, None)) is None


def test_a_new_wording_tells_which_message_it_changes() -> None:
    incoming = heard("edited_message", text="5号楼", edit_date=1)
    assert incoming == Incoming(ANNE, "7/e70", Said("5号楼", edited=True), edits="7")


def test_a_live_location_that_moves_says_nothing() -> None:
    assert heard("edited_message", location={**POINT, "live_period": 60}, edit_date=1) is None


def test_a_press_brings_what_the_button_carries_and_shows() -> None:
    markup = {"inline_keyboard": [[{"text": "办证", "callback_data": "居住证怎么办"}]]}
    query = {"id": "q1", "from": PLATFORM.person(ANNE), "chat_instance": "c"}
    pressed = {**query, "data": "居住证怎么办", "message": message(reply_markup=markup)}
    incoming = read(Update.de_json({"update_id": 1, "callback_query": pressed}, None))
    assert incoming is not None
    assert incoming.press is not None
    assert (incoming.press.query, incoming.press.message) == ("q1", 7)
    assert (incoming.press.data, incoming.press.title) == ("居住证怎么办", "办证")


def test_a_button_of_long_ago_has_no_titles() -> None:
    query = {"id": "q1", "from": PLATFORM.person(ANNE), "chat_instance": "c", "data": "好"}
    old = {"chat": {"id": ANNE, "type": "private"}, "message_id": 7, "date": 0}
    update = {"update_id": 1, "callback_query": {**query, "message": old}}
    incoming = read(Update.de_json(update, None))
    assert incoming is not None
    assert incoming.press is not None
    assert incoming.press.title == ""


def test_a_name_of_a_file_that_is_none_is_not_asked_for() -> None:
    for name in ("", "ф1", "x" * (LONGEST_NAME + 1)):
        size = {**photo("p1")[0], "file_id": name}
        assert said(photo=[size]) == Said("", notice="picture_lost")


def test_every_command_has_a_line_or_words() -> None:
    assert all(meant.text or meant.notice for meant in COMMANDS.values())
    assert set(MENU) <= set(COMMANDS)
