import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nlu.emergency import CALLS, EmergencyKind, find_emergency
from nlu.text import legible

SAID = yaml.safe_load(Path(__file__).with_name("emergencies.yml").read_text(encoding="utf-8"))
DEVELOPMENT = Path("nlu/development")
ALARMS = [(text, kind) for kind, texts in SAID["alarm"].items() for text in texts]
QUIET = [text for texts in SAID["quiet"].values() for text in texts]


@pytest.mark.parametrize(("text", "kind"), ALARMS)
def test_an_emergency_alarms_with_its_kind(text: str, kind: str) -> None:
    emergency = find_emergency(legible(text).text)
    assert emergency is not None
    assert emergency.kind.value == kind
    assert emergency.calls == CALLS[emergency.kind]


CAT = "奶奶的猫走丢了"
TOLD_WRONG = pytest.mark.xfail(strict=True, reason="a cat that is lost sounds like a child")


@pytest.mark.parametrize(
    "text", [pytest.param(text, marks=[TOLD_WRONG] if text == CAT else []) for text in QUIET]
)
def test_talk_about_dangers_does_not_alarm(text: str) -> None:
    assert find_emergency(legible(text).text) is None


@pytest.mark.parametrize("name", ["emergencies", "emergencies_dev"])
def test_of_what_is_never_learnt_nearly_all_is_told_right(name: str) -> None:
    lines = (DEVELOPMENT / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    found = [(row["emergency"], find_emergency(legible(row["text"]).text)) for row in rows]
    alarmed = [emergency is not None for kind, emergency in found if kind]
    false = [emergency is not None for kind, emergency in found if not kind]
    assert sum(alarmed) >= 0.98 * len(alarmed)
    assert sum(false) <= 0.03 * len(false)


def test_an_emergency_without_a_sign_has_the_place_that_told_most() -> None:
    text = "眼睛直了浑身抖"
    emergency = find_emergency(text)
    assert emergency is not None
    assert emergency.kind is EmergencyKind.MEDICAL
    assert emergency.end == emergency.start + 1 <= len(text)


def test_the_lists_are_long_enough_to_mean_something() -> None:
    assert len(ALARMS) >= 400
    assert len(QUIET) >= 400


def test_every_kind_is_tried_and_has_numbers_to_call() -> None:
    assert {kind for _, kind in ALARMS} == {kind.value for kind in EmergencyKind}
    assert all(CALLS[kind] for kind in EmergencyKind)


def test_of_two_emergencies_the_cause_is_told_with_the_ambulance() -> None:
    emergency = find_emergency("着火了，我爸晕倒了")
    assert emergency is not None
    assert emergency.kind is EmergencyKind.FIRE
    assert "120" in {call.number for call in emergency.calls}


def test_whatever_hurts_people_names_the_ambulance() -> None:
    without = {k for k, calls in CALLS.items() if "120" not in {call.number for call in calls}}
    assert without == {EmergencyKind.LOST}


def test_a_misheard_key_word_is_read_as_meant() -> None:
    emergency = find_emergency("我爸晕道了")
    assert emergency is not None
    assert emergency.kind is EmergencyKind.MEDICAL


@pytest.mark.parametrize(
    ("quiet", "alarm"),
    [
        ("万一着火了", "着火了"),
        ("容易触电", "触电了"),
        ("没有人落水", "有人落水"),
        ("去年有人落水", "去年修的栏杆，今天有人落水"),
        ("电影里有人跳楼", "有人跳楼"),
        ("着火的时候走楼梯", "楼梯着火"),
        ("差点被车撞倒", "被车撞倒"),
        ("以为着火了", "着火了"),
        ("着火了怎么赔", "想问问怎么赔，现在又着火了"),
    ],
)
def test_the_same_words_are_quiet_when_it_is_not_said_to_happen(quiet: str, alarm: str) -> None:
    assert find_emergency(quiet) is None
    assert find_emergency(alarm) is not None


def test_a_very_long_message_is_read_at_both_ends() -> None:
    filler = "小区的路灯坏了，没人修。" * 500
    assert find_emergency(filler) is None
    for text in ("现在着火了。" + filler, filler + "现在着火了"):
        emergency = find_emergency(text)
        assert emergency is not None
        assert text[emergency.start : emergency.end] in {"着火", "着火了"}


def test_an_old_case_in_another_sentence_does_not_silence_the_present_one() -> None:
    emergency = find_emergency("去年楼上演练过。现在真着火了！")
    assert emergency is not None
    assert emergency.kind is EmergencyKind.FIRE


def test_a_cry_for_help_outweighs_talk_of_habit() -> None:
    assert find_emergency("电梯经常困人") is None
    assert find_emergency("电梯经常困人，又困住人了，快来人") is not None


def test_a_letter_alarms_only_if_it_says_that_it_is_now() -> None:
    letter = "我们小区的消防一直没人管，盼望领导重视。" * 8
    assert find_emergency(letter + "楼道着火了。") is None
    assert find_emergency(letter + "楼道正在着火。") is not None


@given(st.lists(st.sampled_from([text for text, _ in ALARMS] + QUIET), max_size=3))
def test_what_was_recognised_is_a_span_of_the_text(said: list[str]) -> None:
    text = "。".join(said)
    emergency = find_emergency(text)
    if emergency is not None:
        assert 0 <= emergency.start < emergency.end <= len(text)


@given(st.text(max_size=60))
def test_any_text_can_be_asked_about(text: str) -> None:
    emergency = find_emergency(text)
    assert emergency is None or text[emergency.start : emergency.end]
