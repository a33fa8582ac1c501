"""A text as the dialogue engine is given it, in service, in training and in measuring alike."""

from bot.responder import READ_BY_ENGINE, plain
from nlu.identity import mask_identities
from nlu.phone import mask_phones
from nlu.text import legible, normalise


def as_engine_reads(written: str) -> str:
    """The text made legible, cut to what Rasa reads, phones and identity numbers masked."""
    masked, _ = mask_identities(normalise(written))
    return plain(mask_phones(legible(masked).text)[:READ_BY_ENGINE])
