"""docs/conversation.md tells the right numbers to call, and its wording can be used."""

from pathlib import Path

import pytest

from actions.tickets.number import find
from actions.tickets.ticket import STATUS_NAMES
from actions.wording import load_wording
from nlu.emergency import CALLS, EmergencyKind
from tests.docs.pages import CODE, examples, page, rows, sections

FACTS = {"community": "云溪街道", "phone": "示例", "office_hours": "示例"}


def emergencies() -> dict[str, str]:
    """What stands behind each kind, in the page's order."""
    table = rows(sections(page("conversation.md"))["急事"])
    return {CODE.findall(first)[0]: "、".join(rest) for first, *rest in table if "`" in first}


@pytest.mark.parametrize("kind", EmergencyKind)
def test_every_emergency_has_a_line_with_its_numbers_the_most_urgent_first(
    kind: EmergencyKind,
) -> None:
    calls = "、".join(f"{call.number} {call.name.removesuffix('热线')}" for call in CALLS[kind])
    assert emergencies()[kind.value].strip("、") == calls


def test_emergencies_stand_in_the_order_in_which_one_is_chosen() -> None:
    assert list(emergencies()) == [kind.value for kind in CALLS]


def test_the_example_of_other_wording_is_taken(tmp_path: Path) -> None:
    (example,) = examples(page("conversation.md"), "yaml")
    file = tmp_path / "wording.yml"
    file.write_text(example, encoding="utf-8")
    assert "示例" in load_wording(FACTS, file).say("ask_human").text


def test_the_example_of_a_ticket_number_checks_out() -> None:
    found = find(sections(page("conversation.md"))["工单号"])
    assert found is not None
    assert found.fits


@pytest.mark.parametrize("name", STATUS_NAMES.values())
def test_every_status_is_named(name: str) -> None:
    assert name in sections(page("conversation.md"))["状态"]
