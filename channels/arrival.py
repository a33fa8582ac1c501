"""A message on its way in, as a channel hands it over."""

from dataclasses import dataclass, field

from actions.turn import Said
from channels.tables import Late


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as a channel hands it over: whose, which, and what was said.

    ``external`` is the channel's own number of the message, unique within the account.
    ``recipient`` is the channel's own name of the person, where the channel may write first.
    ``deliveries_at_most`` is how often the channel delivers a message that is not answered.
    ``origin`` is the client's address where the channel sees it; it is counted, never kept.
    """

    channel: str
    account: str
    external: str
    conversation: str
    said: Said
    late: Late = Late.WAIT
    recipient: str = ""
    heard_by: str = "message"
    deliveries_at_most: int = 1
    origin: str = field(default="", repr=False)
