"""What cannot be read, and what is heard all the same: a cry for help."""

from actions.reply import Reply
from actions.turn import Said
from actions.wording import Wording
from nlu.emergency import find_emergency
from nlu.text import has_words, legible


def cries_for_help(said: Said, limit: int) -> bool:
    """Whether its first ``limit`` characters tell of an emergency."""
    return find_emergency(legible(said.text[:limit]).text) is not None


def refusal_of(said: Said, limit: int, wording: Wording) -> Reply | None:
    """A word to what cannot be read: nothing at all, or too much, unless it cries for help."""
    length = len(said.text)
    if length > limit and not cries_for_help(said, limit):
        return wording.say("too_long", limit=limit, length=length)
    if has_words(said.text) or said.location or said.images:
        return None
    return wording.say("empty")
