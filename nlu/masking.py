"""What somebody said, without who they are: to be read by others who need only the matter."""

import re
from collections.abc import Iterator

from nlu.address import find_addresses
from nlu.identity import mask_identities
from nlu.person import find_contact_names
from nlu.phone import mask_phones
from nlu.plate import find_plates
from nlu.text import legible

NAME, HOME, PLATE, TICKET = "某某", "某处", "某车", "某单"
"""What stands for what was left out."""
DOOR = frozenset({"building", "unit", "floor", "room"})
"""Parts of an address that only somebody's home has."""
TICKET_NUMBER = re.compile(r"(?:[Ll]{2} ?)?20\d{6} ?[-－–—]? ?\d{4,6} ?[-－–—]? ?\d?(?!\d)")
MASKED = re.compile(f"{NAME}|{HOME}|{PLATE}|{TICKET}|\\*")


def impersonal(said: str) -> str:
    """The legible text with phones and identity numbers starred, and a word for each name the
    writer gives as their own, home, plate and ticket number."""
    text = mask_phones(mask_identities(legible(said).text)[0])
    for start, end, word in sorted(places(text), reverse=True):
        text = text[:start] + word + text[end:]
    return text


def is_masked(text: str) -> bool:
    """Whether something was left out of it."""
    return MASKED.search(text) is not None


def places(text: str) -> Iterator[tuple[int, int, str]]:
    """What is left out, none overlapping another."""
    taken: set[int] = set()
    for start, end, word in candidates(text):
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            yield start, end, word


def candidates(text: str) -> Iterator[tuple[int, int, str]]:
    for number in TICKET_NUMBER.finditer(text):
        yield *number.span(), TICKET
    for address in find_addresses(text):
        if any(part.level in DOOR for part in address.parts):
            yield address.start, address.end, HOME
    for plate in find_plates(text):
        yield plate.start, plate.end, PLATE
    for name in find_contact_names(text):
        yield name.start, name.end, NAME
