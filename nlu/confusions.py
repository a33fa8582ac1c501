"""Confusions that hurt (伤人的混淆): between which groups of classes a mistake costs most.

A question taken for a report puts somebody through a form, a report taken for an emergency calls
the fire brigade, a correction taken for a new fact leaves a ticket wrong. One table a label says
what is counted, always both ways.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

NONE = "none"
"""The class of rows without a label, and of what was not understood."""


@dataclass(frozen=True, slots=True)
class Group:
    """Classes that stand together; ``classes`` None means every class but the other group's.

    ``words`` is what people see.
    """

    name: str
    words: str
    classes: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Confusion:
    """Of ``n`` rows of the group ``right``, ``taken`` were taken for the group ``found``."""

    right: str
    found: str
    n: int
    taken: int


REPORTS = frozenset(
    {
        "report_problem",
        "complain_about_service",
        "report_violation",
        "suggest",
        "praise",
        "book_service",
    }
)
QUESTION = Group("question", "问政策、问活动", frozenset({"ask_policy", "ask_activity"}))
REPORT = Group("report", "要登记的事", REPORTS)
EMERGENCY = Group("emergency", "急事", frozenset({"emergency"}))
CORRECTION = Group("correction", "改刚才说的", frozenset({"correct"}))
FACT = Group(
    "new fact",
    "补充新的",
    frozenset({"give_address", "give_contact", "give_time", "add_to_ticket"}),
)
STATUS = Group("status", "查工单", frozenset({"ask_ticket_status"}))
URGE = Group("urge", "催工单", frozenset({"urge_ticket"}))
OUT_OF_SCOPE = Group("out of scope", "不归我管的", frozenset({"out_of_scope"}))
ANYTHING = Group("anything else", "别的", None)

REPORT_KINDS = frozenset({"request", "complaint", "report", "suggestion", "praise"})
INQUIRY = Group("question", "咨询", frozenset({"inquiry"}))
OTHER_KINDS = Group("report", "求助、投诉、举报、建议、表扬", REPORT_KINDS)
ANY_KIND = Group("any kind", "各类诉求", REPORT_KINDS | {"inquiry"})
NO_KIND = Group("no kind", "不是诉求", frozenset({NONE}))

HURTFUL: Mapping[str, tuple[tuple[Group, Group], ...]] = MappingProxyType(
    {
        "intent": (
            (QUESTION, REPORT),
            (REPORT, EMERGENCY),
            (CORRECTION, FACT),
            (STATUS, URGE),
            (ANYTHING, OUT_OF_SCOPE),
        ),
        "kind": ((INQUIRY, OTHER_KINDS), (ANY_KIND, NO_KIND)),
    }
)
"""By label. What was not understood is no class of ``ANYTHING``: nobody was misled by it."""


def confusions(
    pairs: Sequence[tuple[str, str]], table: Sequence[tuple[Group, Group]]
) -> tuple[Confusion, ...]:
    """Each pair of groups counted both ways, over ``(right, found)`` pairs."""
    return tuple(
        count(pairs, right, found)
        for one, other in table
        for right, found in ((one, other), (other, one))
    )


def count(pairs: Sequence[tuple[str, str]], right: Group, found: Group) -> Confusion:
    of_group = [taken for wanted, taken in pairs if holds(right, found, wanted)]
    taken = sum(holds(found, right, name) for name in of_group)
    return Confusion(right.name, found.name, len(of_group), taken)


def holds(group: Group, other: Group, name: str) -> bool:
    """Whether a class belongs to ``group``, beside which ``other`` stands."""
    if group.classes is not None:
        return name in group.classes
    return name != NONE and name not in (other.classes or ())
