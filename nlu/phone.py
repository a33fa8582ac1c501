"""Telephone numbers in what a resident wrote, found and masked.

A mask keeps the length, so that offsets in the masked text are offsets in the text.
Mobile numbers: 11 digits beginning 13–19; area codes: 010 and 02x with eight digits, 03xx–09xx
with seven or eight (Ministry of Industry and Information Technology, Telecommunication Network
Numbering Plan, 2017 edition). Hotlines and service numbers (400, 800, 12345, 110) are nobody's
to be called back on and are not found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlu.identity import find_private
from nlu.numeral import SPOKEN_DIGITS

GAP = r"[ \-－.·—–‐_]{0,2}"
COUNTRY = rf"(?:[(（]?(?:\+|00)?86[)）]?{GAP}|0)?"
MOBILE = re.compile(rf"(?<!\d){COUNTRY}(?P<number>1{GAP}[3-9](?:{GAP}\d){{9}})(?!\d)")
GROUPS = frozenset(
    {
        *((11,), (3, 4, 4), (3, 3, 5), (4, 3, 4), (4, 4, 3), (3, 8), (7, 4), (5, 6), (3, 5, 3)),
        *((3, 2, 2, 2, 2), (3, 4, 2, 2), (3, 3, 3, 2), (1,) * 11),
    }
)
"""How many digits stand together; others are prices, dates and lists."""
SPOKEN_RUN = re.compile(
    r"(?<![\d零一二三四五六七八九])(?:[幺一二三四五六七八九零〇○洞拐两勾\d][，,、 ]{0,2}){10}"
    r"[幺一二三四五六七八九零〇○洞拐两勾\d](?![\d零二三四五六七八九])"
)
LANDLINE = re.compile(
    rf"(?<!\d)(?:\+?(?:00)?86{GAP}(?P<ten>10|2\d)|[(（]?(?P<area>010|02\d|0[3-9]\d\d)[)）]?){GAP}"
    rf"(?P<number>[2-8]\d{{2,3}}{GAP}\d{{4}})"
    r"(?:[ ,，]?(?:转|分机|-|—|ext\.?|#)[ :：]?(?P<extension>\d{1,6}))?(?!\d)"
)
LOCAL = re.compile(
    rf"(?:座机|固话|固定电话|家庭?里?的?电话|电话|打|拨)(?:号码?)?[是为:： ]{{0,3}}"
    rf"(?P<number>[2-8]\d{{3}}{GAP}\d{{4}})(?![\d元吨块]|{GAP}\d)"
)
ALMOST_MOBILE = re.compile(
    r"(?<!\d)1[3-9]\d{7,8}(?!\d)|(?<!\d)1[3-9]\d{10,12}(?!\d)|"
    r"(?<!\d)1[3-9]\d[ \-](?:\d{4}[ \-]\d{3}|\d{3}[ \-]\d{4}|\d{4}[ \-]\d{5})(?!\d)"
)
ALMOST_SPOKEN = re.compile(
    r"(?<![\d零一二三四五六七八九])[幺一][三四五六七八九][幺一二三四五六七八九零〇洞拐两]{7,8}"
    r"(?![幺一二三四五六七八九零〇洞拐两])"
)
LOCAL_LENGTH = 10
"""Characters of a number without area code, gaps and all."""
AREA_DIGITS = {3: (8,), 4: (7, 8)}


@dataclass(frozen=True, slots=True)
class Phone:
    """A number and its place in the text: digits only, a landline with a hyphen behind its area
    code, where that is said, and 转 before an extension."""

    number: str
    start: int
    end: int


def find_phones(text: str) -> tuple[Phone, ...]:
    """Mobile and landline numbers, also spoken digit by digit, in order of appearance."""
    taken = {i for private in find_private(text) for i in range(private.start, private.end)}
    found: list[Phone] = []
    for phone in candidates(text):
        place = range(phone.start, phone.end)
        if taken.isdisjoint(place):
            found.append(phone)
            taken.update(place)
    return tuple(sorted(found, key=lambda phone: phone.start))


def candidates(text: str) -> Iterator[Phone]:
    """The surest kinds first."""
    for match in MOBILE.finditer(text):
        groups = tuple(len(digits) for digits in re.findall(r"\d+", match["number"]))
        if groups in GROUPS:
            yield Phone(digits_of(match["number"]), match.start(), match.end())
    for match in LANDLINE.finditer(text.translate(SPOKEN_DIGITS)):
        area, number = match["area"] or f"0{match['ten']}", digits_of(match["number"])
        if len(number) in AREA_DIGITS[len(area)]:
            extension = f"转{match['extension']}" if match["extension"] else ""
            yield Phone(f"{area}-{number}{extension}", match.start(), match.end())
    for match in SPOKEN_RUN.finditer(text):
        number = digits_of(match.group(0).translate(SPOKEN_DIGITS))
        if re.fullmatch(r"1[3-9]\d{9}", number):
            yield Phone(number, match.start(), match.end())
    for match in LOCAL.finditer(text):
        yield Phone(digits_of(match["number"]), *match.span("number"))


def looks_mistyped(text: str) -> bool:
    """Whether there is a mobile number with a digit or two too few or too many."""
    return not find_phones(text) and bool(ALMOST_MOBILE.search(text) or ALMOST_SPOKEN.search(text))


def mask_phones(text: str) -> str:
    """Each number with its middle starred out, at the same length."""
    for phone in find_phones(text):
        said = star_phone(text[phone.start : phone.end])
        text = text[: phone.start] + said + text[phone.end :]
    return text


def star_phone(said: str) -> str:
    """A number with its middle starred out: three and four characters stay, of a short local
    number two and two."""
    return star(said, 3, 4) if len(said) > LOCAL_LENGTH else star(said, 2, 2)


def star(text: str, head: int, tail: int) -> str:
    """``text`` with all but ``head`` first and ``tail`` last characters as *."""
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]


def digits_of(text: str) -> str:
    return re.sub(r"\D", "", text)
