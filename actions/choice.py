"""Which of several things offered is meant: “第二个”, “最后那个”, “都不是”."""

import re

ORDINALS = "一二三四五六七八九"
NTH = re.compile(
    r"^[我就是要选问的]*(?:"
    r"第?(?P<nth>[一二三四五1-5a-eA-E])|(?P<first>头一|[上前]面|前一)|(?P<last>最后|倒数第一|[下后]面|后一)"
    r")[那一]?[个条项种号]?[吧的呢]?[。！!]*$"
)
NONE_OF_THESE = re.compile(r"都不是|不是这|没有我")


def chosen(text: str) -> int | None:
    """Which of several is meant, from 0; -1: the last; None: the words choose nothing."""
    match = NTH.match(text)
    if match is None:
        return None
    if match["last"]:
        return -1
    nth = match["nth"]
    if nth is None:
        return 0
    if nth.isdigit():
        return int(nth) - 1
    return ORDINALS.index(nth) if nth in ORDINALS else "abcde".index(nth.lower())
