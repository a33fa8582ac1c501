"""Days as laws and notices write them: 2022年6月5日, 二〇二二年六月五日, 2022-06-05."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from nlu.numeral import value

INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")
"""Characters that take no room and say nothing."""
_NUMBER = r"\d{1,2}|[一二三四五六七八九十廿]{1,3}"
DAY = (
    rf"(?:(?:\d{{4}}|[〇零○Oo0一二三四五六七八九]{{4}})\s?年\s?(?:{_NUMBER})\s?月\s?(?:{_NUMBER})\s?[日号]"
    r"|(?<!\d)\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?!\d))"
)
"""A regular expression without groups, for text made plain."""
_PARTS = re.compile(r"[\s年月日号/.-]+")
_DIGITS = str.maketrans("OoＯ", "〇〇〇")


def plain(text: str) -> str:
    """Half-width letters, digits and punctuation, single blanks, nothing invisible."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return re.sub(r"[^\S\n]+", " ", text)


def day(said: str) -> date | None:
    """The day written, or None where the calendar has none such."""
    parts = [part for part in _PARTS.split(said.strip().translate(_DIGITS)) if part]
    try:
        year, month, number = (value(part) for part in parts)
        return date(year, month, number) if year > 1900 else None
    except ValueError:
        return None


def days(text: str) -> Iterator[tuple[int, int, date]]:
    """Every day in a plain text, with its beginning and end."""
    for match in re.finditer(DAY, text):
        found = day(match[0])
        if found is not None:
            yield match.start(), match.end(), found
