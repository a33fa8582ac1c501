"""Chinese and Arabic numerals as people write them: 12, 十二, 二〇二六, 两, 廿."""

import re

NUMERAL = r"(?:\d{1,4}|[零〇一二两三四五六七八九十廿]{1,4})"
"""A number of at most four characters; a regular expression without groups."""
DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}
SPOKEN_DIGITS = str.maketrans("幺一二两三四五六七拐八九勾零〇○洞", "11223456778990000")
"""Digits as they are called out one by one, one character each."""
TENS = re.compile(r"([二两三四五六七八九廿]?)(十?)([一二三四五六七八九]?)")


def value(said: str) -> int:
    """The number meant.

    Raises:
        ValueError: it is none, such as “十二十”.
    """
    if said.isdecimal():
        return int(said)
    if said and all(c in DIGITS for c in said):
        return int("".join(str(DIGITS[c]) for c in said))
    match = TENS.fullmatch(said)
    if match is None or not said:
        raise ValueError(f"not a number: {said!r}")
    tens, ten, ones = match.groups()
    if tens == "廿":
        return 20 + DIGITS.get(ones, 0)
    return (DIGITS.get(tens, 1) * 10 if ten else 0) + DIGITS.get(ones, 0)
