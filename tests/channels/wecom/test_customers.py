import contextlib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from channels.sealed import Malformed
from channels.wecom.customers import MESSAGES, read
from channels.wecom.person import Person

NAMES = st.sampled_from(
    ["msgid", "msgtype", "MsgType", "origin", "send_time", "open_kfid", "external_userid", "event",
     "content", "menu_id", "media_id", "latitude", "longitude", "name", "event_type", *MESSAGES]
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=5),
        st.sampled_from(["event", *MESSAGES]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=12,
)


@given(VALUES)
def test_an_item_is_read_or_refused_and_breaks_nothing(item: Any) -> None:
    with contextlib.suppress(Malformed):
        read(item, "wk")


@given(kind=st.sampled_from(["event", *MESSAGES]), content=VALUES, more=VALUES)
def test_a_spoilt_content_is_read_or_refused(kind: str, content: Any, more: Any) -> None:
    with contextlib.suppress(Malformed):
        read({"msgid": "1", "msgtype": kind, kind: content, "send_time": more, "origin": 3}, "wk")


def test_the_accounts_of_an_event_stand_inside() -> None:
    event = {"event_type": "enter_session", "open_kfid": "wk1", "external_userid": "wm1"}
    brought = read({"msgid": "1", "msgtype": "event", "event": event, "origin": 4}, "wk")
    assert brought.person == Person("wm1", "wk1")
    assert Person.of(str(brought.person)) == brought.person
