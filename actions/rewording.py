"""A message that was worded anew after its report had been filed: its ticket is told."""

from difflib import SequenceMatcher

from actions.draft import DraftState, latest
from actions.reply import Reply
from actions.take_up import RECENT
from actions.taking import CORRECTION
from actions.tickets.follow_up import add_note
from actions.turn import Means, Turn

SAME = 0.6
"""How much of the words must be as they were (``SequenceMatcher.ratio``)."""


def note_rewording(turn: Turn, means: Means) -> Reply | None:
    """A line that it is noted; None where it is no new wording of what was filed just before.

    A ticket is not changed behind the back of those who work on it: the new words are added.
    """
    if not turn.said.edited:
        return None
    with means.sessions.begin() as session:
        if latest(session, turn.conversation, means.vault, DraftState.OPEN) is not None:
            return None
        filed = latest(session, turn.conversation, means.vault, DraftState.FILED)
        if filed is None or means.clock() - filed[1] > RECENT:
            return None
        draft = filed[0]
        if SequenceMatcher(None, draft.subject, turn.words, autojunk=False).ratio() < SAME:
            return None
        note = f"{CORRECTION}{turn.words}"
        add_note(session, draft.number, note, now=means.clock(), key=f"note:{turn.message}")
    return means.wording.say("addition_taken", number=draft.number)
