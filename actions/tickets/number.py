"""Ticket numbers: LL20261123-0042-7 is the 42nd ticket of 23 November 2026, Beijing time.

The last digit checks the others by H. M. Damm's algorithm (Total anti-symmetrische
Quasigruppen, Marburg 2004): every single wrong digit and every swap of two neighbours shows.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from actions.tickets.tables import NumberRow
from nlu.clock import SHANGHAI

QUASIGROUP = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
"""Totally anti-symmetric, of order 10, with zeros on the diagonal (Damm 2004)."""

GAP = r"[\s\-‐‑‒–—―−_－.·]*"
PREFIXED = re.compile(
    rf"(?<![A-Za-z])LL{GAP}(\d{{4}}){GAP}(\d{{2}}){GAP}(\d{{2}}){GAP}(\d{{4,6}}){GAP}(\d)(?!\d)",
    re.IGNORECASE,
)
BARE = re.compile(r"(?<!\d)(20\d{2})(\d{2})(\d{2})[\s\-‐‑‒–—―−]+(\d{4,6})[\s\-‐‑‒–—―−]+(\d)(?!\d)")

CALLED = re.compile(
    r"(?:工单|单号|诉求号)(?:编?号码?)?[是为:：\s]{0,3}(20\d{2})(\d{2})(\d{2})(\d{4,6})(\d)(?!\d)"
)
PATTERNS = (PREFIXED, BARE, CALLED)


@dataclass(frozen=True, slots=True)
class Found:
    """A number in the one form it is kept in, whether date and check digit fit, and where it
    stands in the text (after NFKC)."""

    number: str
    fits: bool
    start: int
    end: int


def check_digit(digits: str) -> int:
    """The digit that makes ``digits`` check out."""
    interim = 0
    for digit in digits:
        interim = int(QUASIGROUP[interim][int(digit)])
    return interim


def number_of(day: date, sequence: int) -> str:
    """The number of the nth ticket of a day.

    Raises:
        ValueError: ``sequence`` is below 1 or has more than six digits.
    """
    if not 1 <= sequence <= 999_999:
        raise ValueError(f"not a sequence number: {sequence}")
    digits = f"{day:%Y%m%d}{sequence:04d}"
    return f"LL{digits[:8]}-{digits[8:]}-{check_digit(digits)}"


def find(text: str) -> Found | None:
    """The ticket number in a text; one that fits before one that does not.

    Full width, lower case, blanks, missing or foreign hyphens are taken; without LL, only where
    there are gaps between its parts or it is called a number. None: no number at all.
    """
    plain = unicodedata.normalize("NFKC", text)
    found = [read(match) for pattern in PATTERNS for match in pattern.finditer(plain)]
    return next((f for f in found if f.fits), found[0] if found else None)


def read(match: re.Match[str]) -> Found:
    year, month, day, sequence, check = match.groups()
    number = f"LL{year}{month}{day}-{sequence}-{check}"
    fits = number == proper(int(year), int(month), int(day), int(sequence))
    return Found(number, fits, match.start(), match.end())


def proper(year: int, month: int, day: int, sequence: int) -> str | None:
    try:
        return number_of(date(year, month, day), sequence)
    except ValueError:
        return None


def allocate(session: Session, now: datetime) -> str:
    """The next number of the day; given back if the transaction is rolled back.

    Transactions that allocate at the same time wait for one another, so that no number is
    given twice and none is left out.
    """
    day = now.astimezone(SHANGHAI).date()
    count = (
        update(NumberRow)
        .where(NumberRow.day == day)
        .values(last=NumberRow.last + 1)
        .returning(NumberRow.last)
    )
    sequence = session.scalar(count)
    if sequence is None:
        try:
            with session.begin_nested():
                session.add(NumberRow(day=day, last=1))
            sequence = 1
        except IntegrityError:
            sequence = session.scalars(count).one()
    return number_of(day, sequence)
