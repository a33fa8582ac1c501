"""Provinces, cities, districts and towns of China: names for reading and for making addresses.

``addresses/divisions.txt`` has a line for each, one tab deeper a level. The names are those of
the statistical office's division codes (统计用区划代码); of a district's towns a few are kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DIVISIONS = Path(__file__).with_name("addresses") / "divisions.txt"
ENDINGS = (
    *("特别行政区", "自治区", "自治州", "自治县", "地区", "省", "市", "县", "区", "盟"),
    *("街道", "镇", "乡"),
)
NO_CITY = "省直辖行政区划"
"""Stands where a province rules a district itself."""

PEOPLES = (
    *("维吾尔", "哈萨克", "布依族", "土家族", "蒙古族", "柯尔克孜", "朝鲜族", "傈僳族", "景颇族"),
    *("哈尼族", "彝族", "白族", "傣族", "苗族", "侗族", "藏族", "羌族", "壮族", "回族", "蒙古"),
    *("瑶族", "满族", "黎族", "各族"),
)


@dataclass(frozen=True, slots=True)
class Division:
    """One town with all that it lies in; ``town`` may be empty."""

    province: str
    city: str
    district: str
    town: str


@cache
def divisions() -> tuple[Division, ...]:
    """Every town kept, and every district without any, in the file's order."""
    found: list[Division] = []
    path = ["", "", "", ""]
    for line in DIVISIONS.read_text(encoding="utf-8").splitlines():
        name = line.lstrip("\t")
        depth = len(line) - len(name)
        path[depth:] = ["" if name == NO_CITY else name, *[""] * (3 - depth)]
        if depth >= 2:
            if depth == 3 and found[-1].district == path[2] and not found[-1].town:
                found.pop()
            found.append(Division(*path))
    return tuple(found)


@cache
def known_divisions() -> Mapping[str, str]:
    """The level of each province, city and district, by its name with and without its ending."""
    levels: dict[str, str] = {}
    for level in ("province", "city", "district"):
        for division in divisions():
            name = getattr(division, level)
            for said in (name, without_ending(name)):
                if len(said) > 1:
                    levels.setdefault(said, level)
    return levels


def without_ending(name: str) -> str:
    """义乌 for 义乌市, 湘西 for 湘西土家族苗族自治州; a name of two characters stays as it is."""
    for ending in ENDINGS:
        short = name.removesuffix(ending)
        if short != name and len(short) > 1:
            return without_people(short)
    return name


def without_people(name: str) -> str:
    for people in PEOPLES:
        short = name.removesuffix(people)
        if short != name and len(short) > 1:
            return without_people(short)
    return name
