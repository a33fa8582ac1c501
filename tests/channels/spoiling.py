"""Malformed bodies, made from valid ones."""

from hypothesis import strategies as st


@st.composite
def spoilings(draw: st.DrawFn, content: bytes) -> bytes:
    """A body made malformed by cutting, doubling and changing."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 40)))
        junk = st.one_of(
            st.binary(max_size=12),
            st.sampled_from(
                [b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"]]>", b"</xml>", b"<xml>", b"NaN",
                 b"1e999", b"-1", b"<MsgType>event</MsgType>", b"<Event/>", b"<Encrypt>x</Encrypt>"]
            ),
        )  # fmt: skip
        content = content[:start] + draw(junk) + content[end:]
    return content
