"""Numbers as Chinese texts write them: 1,500、3万、一千二百、两万、一点五、半."""

import re

DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
TENS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8}

_ARABIC = r"\d+(?:,\d{3})*(?:\.\d+)?[十百千万亿]?"
_DIGIT = "零〇一二两三四五六七八九十"
_CHINESE = rf"[{_DIGIT}][{_DIGIT}百千万亿]*(?:点[零〇一二三四五六七八九]+)?"
NUMBER = rf"(?:{_ARABIC}|{_CHINESE}|半)"
"""A regular expression without groups; not everything it finds is a number."""

_PARTS = re.compile(r"([\d,.]+)([十百千万亿]?)")


def quantity(said: str) -> float:
    """The number meant.

    Raises:
        ValueError: it is none, such as “万万”.
    """
    if said == "半":
        return 0.5
    arabic = _PARTS.fullmatch(said)
    if arabic is not None:
        number, scale = float(arabic[1].replace(",", "")), arabic[2]
        return number * ({**TENS, **MYRIADS}[scale] if scale else 1)
    whole, point, decimals = said.partition("点")
    fraction = float("0." + "".join(str(DIGITS[c]) for c in decimals)) if point else 0.0
    return _whole(whole) + fraction


def _whole(said: str) -> float:
    if len(said) > 1 and all(c in DIGITS for c in said):
        return float("".join(str(DIGITS[c]) for c in said))
    total = section = digit = 0
    last = 10
    for character in said:
        if character in DIGITS:
            if digit:
                raise ValueError(f"not a number: {said!r}")
            digit = DIGITS[character]
            last = 10 if character in "零〇" else last
        elif character in TENS:
            section += (digit or (0 if section % 100 else 1)) * TENS[character]
            last, digit = TENS[character], 0
        elif character in MYRIADS:
            if not section + digit + total:
                raise ValueError(f"not a number: {said!r}")
            whole = total if character == "亿" else 0
            total = total - whole + (whole + section + digit) * MYRIADS[character]
            last, section, digit = MYRIADS[character], 0, 0
        else:
            raise ValueError(f"not a number: {said!r}")
    return float(total + section + digit * (last // 10 if last > 10 else 1))
