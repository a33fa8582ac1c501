"""Which status may follow which."""

from collections.abc import Mapping
from types import MappingProxyType

from actions.tickets.ticket import STATUS_NAMES, Status, TicketError

S = Status


TRANSITIONS: Mapping[Status, frozenset[Status]] = MappingProxyType(
    {
        S.SUBMITTED: frozenset({S.ACCEPTED, S.REFUSED, S.WITHDRAWN}),
        S.ACCEPTED: frozenset({S.ASSIGNED, S.RESOLVED, S.REFUSED, S.WITHDRAWN}),
        S.ASSIGNED: frozenset({S.IN_PROGRESS, S.RETURNED, S.WITHDRAWN}),
        S.IN_PROGRESS: frozenset({S.RESOLVED, S.RETURNED, S.EXTENDED, S.DIFFICULT, S.WITHDRAWN}),
        S.RETURNED: frozenset({S.ASSIGNED, S.REFUSED, S.WITHDRAWN}),
        S.EXTENDED: frozenset({S.IN_PROGRESS, S.RESOLVED, S.DIFFICULT, S.WITHDRAWN}),
        S.DIFFICULT: frozenset({S.IN_PROGRESS, S.RESOLVED, S.WITHDRAWN}),
        S.RESOLVED: frozenset({S.ARCHIVED, S.REOPENED}),
        S.REOPENED: frozenset({S.ASSIGNED, S.IN_PROGRESS, S.WITHDRAWN}),
        S.ARCHIVED: frozenset(),
        S.REFUSED: frozenset(),
        S.WITHDRAWN: frozenset(),
    }
)
"""An inquiry may be resolved right after acceptance: what can be answered at once is (北京市
接诉即办工作条例, article 11)."""

OPEN: frozenset[Status] = frozenset(s for s in Status if S.WITHDRAWN in TRANSITIONS[s])
"""Somebody still has to do something."""

NEEDS_REASON: frozenset[Status] = frozenset(
    {S.REFUSED, S.RETURNED, S.EXTENDED, S.DIFFICULT, S.REOPENED}
)

MAIN_LINE = (S.SUBMITTED, S.ACCEPTED, S.ASSIGNED, S.IN_PROGRESS, S.RESOLVED, S.ARCHIVED)


class TransitionRefused(TicketError):
    """The table of transitions does not allow the change, or something it needs is missing."""


def check(before: Status, after: Status, *, reason: str = "", instead: str = "") -> None:
    """Passes a change that is allowed.

    Args:
        reason: why; required by those in ``NEEDS_REASON``.
        instead: where to go; required where a ticket is refused (不予受理).

    Raises:
        TransitionRefused: anything else.
    """
    change = f"{STATUS_NAMES[before]} → {STATUS_NAMES[after]}"
    if after not in TRANSITIONS[before]:
        raise TransitionRefused(f"{change}: not allowed")
    if after in NEEDS_REASON and not reason.strip():
        raise TransitionRefused(f"{change}: a reason is required")
    if after is S.REFUSED and not instead.strip():
        raise TransitionRefused(f"{change}: must say where to go instead")


def way(before: Status, after: Status) -> tuple[Status, ...]:
    """The fewest steps from one status to another, for systems that do not know all of ours.

    Only steps on the main line are filled in; the last one may be any.

    Raises:
        TransitionRefused: there is no such way.
    """
    ways: list[tuple[Status, ...]] = [(before,)]
    for steps in ways:
        if after in TRANSITIONS[steps[-1]]:
            return (*steps[1:], after)
        ways += [(*steps, s) for s in MAIN_LINE if s in TRANSITIONS[steps[-1]] - set(steps)]
    raise TransitionRefused(f"{STATUS_NAMES[before]} → {STATUS_NAMES[after]}: no way")
