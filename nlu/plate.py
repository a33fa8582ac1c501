"""Licence plates in what a resident wrote (GA 36-2018, 中华人民共和国机动车号牌).

A province, the letter of the office, and five characters, or six where the car runs on new
energy; I and O are never used, so they are read as 1 and 0. Military plates are not found.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from nlu.numeral import SPOKEN_DIGITS
from nlu.sounds import syllables

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
GAP = r"[ \-·•.,，—_]{0,2}"
MARK = r"[A-Za-z\d]"
SERIAL = rf"{MARK}(?: ?{MARK}){{3,5}}(?: ?[警学挂港澳领试超])?"
PLATE = re.compile(
    rf"(?P<province>[{PROVINCES}]){GAP}(?P<office>[A-Za-z]){GAP}(?P<serial>{SERIAL})(?!{MARK})"
)
MISHEARD = re.compile(
    rf"(?P<province>[\u4e00-\u9fff]){GAP}(?P<office>[A-Za-z]){GAP}(?P<serial>{SERIAL})(?!{MARK})"
)
EMBASSY = re.compile(
    rf"(?<!\d)(?P<serial>\d{{3}}{GAP}\d{{3}})使(?![用馆得])|"
    rf"使{GAP}(?P<old>\d{{3}}{GAP}\d{{3}})(?!\d)"
)
UNSAID_PROVINCE = re.compile(
    rf"(?:车牌号?码?|牌照|号牌|车号)[是为:： ]{{0,3}}(?P<office>[A-Za-z]){GAP}"
    rf"(?P<serial>{SERIAL})(?!{MARK})"
)
ORDINARY = re.compile(r"(?=(?:[A-Z]*\d){2})[A-HJ-NP-Z\d]{5}|[A-HJ-NP-Z\d]{4}[警学挂港澳领试超]")
NEW_ENERGY = re.compile(r"[A-HJK][A-HJ-NP-Z\d]\d{4}|\d{5}[A-HJK]")
SLIPS = str.maketrans("IO", "10")


class PlateKind(StrEnum):
    ORDINARY = "ordinary"
    NEW_ENERGY = "new_energy"
    EMBASSY = "embassy"


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate in capitals without its dot, such as 京A12345, and its place in the text.

    Where the province was not said, the number begins with the office.
    """

    number: str
    kind: PlateKind
    start: int
    end: int


def find_plates(text: str) -> tuple[Plate, ...]:
    """Every plate, in order, none overlapping another; blanks, dots, lower case and digits in
    Chinese are taken."""
    found: list[Plate] = []
    taken: set[int] = set()
    for plate in candidates(text, text.translate(SPOKEN_DIGITS)):
        place = range(plate.start, plate.end)
        if taken.isdisjoint(place):
            found.append(plate)
            taken.update(place)
    return tuple(sorted(found, key=lambda plate: plate.start))


def candidates(text: str, digits: str) -> Iterator[Plate]:
    """Args: digits: the text with digits in Chinese as digits, character by character."""
    for match in PLATE.finditer(digits):
        yield from fitting(match, match["province"], match.start("province"))
    for match in MISHEARD.finditer(digits):
        province = sounding_like(match["province"])
        if province:
            yield from fitting(match, province, match.start("province"))
    for match in EMBASSY.finditer(digits):
        serial = re.sub(r"\D", "", match["serial"] or match["old"])
        yield Plate(f"{serial}使", PlateKind.EMBASSY, match.start(), match.end())
    for match in UNSAID_PROVINCE.finditer(digits):
        yield from fitting(match, "", match.start("office"))


def sounding_like(character: str) -> str:
    """The province that sounds like it, where only one does and it is none itself."""
    spoken = syllables(character)[:1]
    alike = [province for province in PROVINCES if syllables(province)[:1] == spoken]
    return alike[0] if spoken and len(alike) == 1 and character not in PROVINCES else ""


def fitting(match: re.Match[str], province: str, start: int) -> Iterator[Plate]:
    office = match["office"].upper()
    serial = re.sub(r"\s", "", match["serial"]).upper().translate(SLIPS)
    kind = kind_of(serial)
    if kind is not None and office not in "IO":
        yield Plate(f"{province}{office}{serial}", kind, start, match.end())


def kind_of(serial: str) -> PlateKind | None:
    if ORDINARY.fullmatch(serial):
        return PlateKind.ORDINARY
    return PlateKind.NEW_ENERGY if NEW_ENERGY.fullmatch(serial) else None
