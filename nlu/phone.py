"""Telephone and identity-card numbers in what a resident wrote, found and masked.

A mask keeps the length, so that offsets in the masked text are offsets in the text.
Mobile numbers: 11 digits beginning 13–19 (Ministry of Industry and Information Technology,
Telecommunication Network Numbering Plan, 2017 edition). Identity numbers: GB 11643-1999,
17 digits and a check character by ISO 7064:1983 MOD 11-2.
"""

import re
from dataclasses import dataclass

GAP = r"[ \-]?"
MOBILE = re.compile(rf"(?<!\d)(?:\+?86{GAP})?(1[3-9]\d{GAP}\d{{4}}{GAP}\d{{4}})(?!\d)")
LANDLINE = re.compile(r"(?<!\d)(0\d{2,3}[ \-]?[2-9]\d{6,7}(?:[ \-转]\d{1,6})?)(?!\d)")
IDENTITY = re.compile(
    r"(?<!\d)(\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx])(?!\d)"
)
ALMOST_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{7,8}(?!\d)|(?<!\d)1[3-9]\d{10,12}(?!\d)")
SPOKEN = re.compile(r"[幺一二三四五六七八九零〇洞拐两]{11}")
SPOKEN_DIGITS = str.maketrans("幺一二两三四五六七拐八九零〇洞", "112234567789000")
IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
IDENTITY_CHECKS = "10X98765432"


@dataclass(frozen=True, slots=True)
class Phone:
    """A number with digits only (a landline keeps its hyphen) and its place in the text."""

    number: str
    start: int
    end: int


def find_phones(text: str) -> tuple[Phone, ...]:
    """Mobile and landline numbers, also spoken digit by digit, in order of appearance."""
    found = [
        Phone(re.sub(r"\D", "", m.group(1)), m.start(), m.end()) for m in MOBILE.finditer(text)
    ]
    taken = {i for phone in found for i in range(phone.start, phone.end)}
    for m in LANDLINE.finditer(text):
        if m.start() not in taken:
            found.append(Phone(m.group(1).replace(" ", "-"), m.start(), m.end()))
    for m in SPOKEN.finditer(text):
        number = m.group(0).translate(SPOKEN_DIGITS)
        if re.fullmatch(r"1[3-9]\d{9}", number):
            found.append(Phone(number, m.start(), m.end()))
    return tuple(sorted(found, key=lambda phone: phone.start))


def looks_mistyped(text: str) -> bool:
    """Whether there is a mobile number with a digit or two too few or too many."""
    return not find_phones(text) and ALMOST_MOBILE.search(text) is not None


def is_identity_number(candidate: str) -> bool:
    """Whether the check character of an 18-character identity number fits."""
    total = sum(int(d) * w for d, w in zip(candidate[:17], IDENTITY_WEIGHTS, strict=True))
    return IDENTITY_CHECKS[total % 11] == candidate[17].upper()


def mask_identities(text: str) -> tuple[str, bool]:
    """Identity numbers starred out, and whether there was one. Nothing else is changed.

    Masked by shape, with or without a fitting check character: a mistyped one is as private.
    """
    masked = IDENTITY.sub(lambda m: star(m.group(0), 0, 0), text)
    return masked, masked != text


def mask_phones(text: str) -> str:
    """Each number with its middle starred out, at the same length."""
    for phone in find_phones(text):
        said = text[phone.start : phone.end]
        text = text[: phone.start] + star(said, 3, 4) + text[phone.end :]
    return text


def star(text: str, head: int, tail: int) -> str:
    """``text`` with all but ``head`` first and ``tail`` last characters as *."""
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]
