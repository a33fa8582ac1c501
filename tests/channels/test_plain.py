from hypothesis import given
from hypothesis import strategies as st

from channels.plain import UNPRINTABLE, as_text, fitted


@given(st.text())
def test_nothing_in_a_text_is_a_tag_or_breaks_xml(text: str) -> None:
    shown = as_text(text)
    assert "<" not in shown
    assert "]]>" not in shown
    assert UNPRINTABLE.search(shown) is None
    assert as_text(shown) == shown


@given(text=st.text(alphabet="路灯坏了。，a\n", max_size=400), room=st.integers(60, 600))
def test_what_is_shown_fits_and_nothing_gets_lost(text: str, room: int) -> None:
    shown, rest = fitted(text, room, "（回复“更多”）")
    assert len(shown.encode()) <= room
    begun = shown.removesuffix("\n（回复“更多”）") if rest else shown
    assert "".join((begun + rest).split()) == "".join(text.split())
