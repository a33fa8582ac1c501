"""Traditional characters, and variants of simplified ones, written as simplified ones."""

import re
from functools import cache

from opencc import OpenCC

HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
VARIANTS = str.maketrans("巿囗囯毎夲戸気亇", "市口国每本户气个")
"""Characters that are put for others because they look alike, and are hardly ever meant."""


def simplified(text: str) -> str:
    """``text`` in simplified characters; of the same length."""
    if not HAN.search(text):
        return text
    text = text.translate(VARIANTS)
    whole: str = _converter().convert(text)
    if len(whole) == len(text):
        return whole
    return "".join(s if len(s := _converter().convert(c)) == 1 else c for c in text)


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")
