"""Identity-card and bank-card numbers in what a resident wrote: found, to be masked at once.

A mask keeps the length, so that offsets in the masked text are offsets in the text.
Identity numbers: GB 11643-1999, 17 digits and a check character by ISO 7064:1983 MOD 11-2;
before 1999 fifteen digits, the year of birth with two. The first two are a province or the like
(GB/T 2260). Bank cards: 16 to 19 digits by ISO/IEC 7812-1, the last checked by Luhn's formula.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from nlu.numeral import SPOKEN_DIGITS
from nlu.text import legible

GAP = r"[ \-.·]?"
LONG = re.compile(rf"(?<![\dA-Za-z])(?:\d{GAP}){{17}}[\dXx](?![\dA-Za-z])")
SHORT = re.compile(rf"(?<![\dA-Za-z])\d(?:{GAP}\d){{14}}(?!\d)")
CARD = re.compile(rf"(?<!\d)[3-69]\d{{3}}(?:{GAP}\d){{12,15}}(?!\d)")
CALLED_IDENTITY = re.compile(
    rf"身份证?件?(?:号码?|编?号)?[是为:： ]{{0,3}}(?P<number>\d(?:{GAP}[\dXx]){{13,18}})(?![\dXx])"
)
CALLED_CARD = re.compile(
    rf"(?:银行卡|卡号|账号|帐号|存折)(?:号码?)?[是为:： ]{{0,3}}"
    rf"(?P<number>\d(?:{GAP}\d){{14,18}})(?!\d)"
)
PROVINCES = frozenset(
    code
    for codes in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(codes[0], codes[1] + 1)
)
BIRTH_YEARS = range(1900, 2100)
FEWEST = 12
"""Digits of a text that may hold such a number, however it is written."""
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"


class PrivateKind(StrEnum):
    IDENTITY = "identity"
    BANK_CARD = "bank_card"


@dataclass(frozen=True, slots=True)
class Private:
    """Where a number stands that must not be kept; never the number itself."""

    kind: PrivateKind
    start: int
    end: int


def find_private(text: str) -> tuple[Private, ...]:
    """Identity and bank-card numbers, also in Chinese digits, in order, none overlapping another.

    By shape, with or without a fitting check character: a mistyped one is as private.
    """
    found: list[Private] = []
    taken: set[int] = set()
    for private in candidates(text.translate(SPOKEN_DIGITS)):
        place = range(private.start, private.end)
        if taken.isdisjoint(place):
            found.append(private)
            taken.update(place)
    return tuple(sorted(found, key=lambda private: private.start))


def candidates(text: str) -> Iterator[Private]:
    for match in CALLED_IDENTITY.finditer(text):
        yield Private(PrivateKind.IDENTITY, *match.span("number"))
    for match in LONG.finditer(text):
        digits = plain(match.group(0))
        if is_birthday(int(digits[6:10]), digits[10:14]):
            yield Private(PrivateKind.IDENTITY, *match.span())
    for match in SHORT.finditer(text):
        digits = plain(match.group(0))
        if int(digits[:2]) in PROVINCES and is_birthday(1900 + int(digits[6:8]), digits[8:12]):
            yield Private(PrivateKind.IDENTITY, *match.span())
    for match in CALLED_CARD.finditer(text):
        yield Private(PrivateKind.BANK_CARD, *match.span("number"))
    for match in CARD.finditer(text):
        if passes_luhn(plain(match.group(0))):
            yield Private(PrivateKind.BANK_CARD, *match.span())


def mask_identities(text: str) -> tuple[str, bool]:
    """Identity and bank-card numbers starred out, and whether there was one; nothing else is
    changed. Also those that are broken up by hesitation, or have a digit misheard."""
    found = {(private.start, private.end) for private in (*find_private(text), *misspoken(text))}
    pieces = [*text]
    for start, end in found:
        pieces[start:end] = "*" * (end - start)
    return "".join(pieces), bool(found)


def misspoken(text: str) -> Iterator[Private]:
    """Those that show when the text is made legible."""
    if sum(c.isdigit() for c in text.translate(SPOKEN_DIGITS)) >= FEWEST:
        read = legible(text)
        for private in find_private(read.text):
            start, end = read.written_span(private.start, private.end)
            yield Private(private.kind, start, end)


def is_identity_number(candidate: str) -> bool:
    """Whether the check character of an 18-character identity number fits."""
    total = sum(int(d) * w for d, w in zip(candidate[:17], WEIGHTS, strict=True))
    return CHECKS[total % 11] == candidate[17].upper()


def passes_luhn(digits: str) -> bool:
    """Whether the last digit checks the others."""
    odd = sum(int(d) for d in digits[-1::-2])
    return (odd + sum(sum(divmod(2 * int(d), 10)) for d in digits[-2::-2])) % 10 == 0


def is_birthday(year: int, month_day: str) -> bool:
    try:
        date(year, int(month_day[:2]), int(month_day[2:]))
    except ValueError:
        return False
    return year in BIRTH_YEARS


def plain(digits: str) -> str:
    return re.sub(r"[^\dXx]", "", digits)
