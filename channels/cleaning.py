"""What is done to a message before anything of it is kept."""

from dataclasses import replace

from channels.arrival import Arrival
from nlu.identity import mask_identities
from nlu.text import normalise


def clean(arrival: Arrival) -> tuple[Arrival, bool]:
    """The message with its texts normalised and identity numbers masked, and whether any were."""
    said, place = arrival.said, arrival.said.location
    text, masked = mask_identities(normalise(said.text))
    if place is not None and place.label:
        label, masked_too = mask_identities(normalise(place.label))
        place, masked = replace(place, label=label), masked or masked_too
    return replace(arrival, said=replace(said, text=text, location=place)), masked
