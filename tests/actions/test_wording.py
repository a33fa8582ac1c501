import ast
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from actions.reading import read
from actions.taking import RESUMES
from actions.tickets.ticket import Status
from actions.turn import Guess, Said, Turn
from actions.wording import CATEGORY_LINE, OWN, Wording, WordingError, load_wording, read_lines
from nlu.clock import SHANGHAI
from nlu.emergency import EmergencyKind
from tests.actions.stage import FACTS

AT = datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)

ROOT = OWN.parents[1]
SPEAKERS = ("actions", "bot", "channels")
EMERGENCIES = {f"emergency_{kind.value}" for kind in EmergencyKind}
CATEGORIES = {
    f"{CATEGORY_LINE}{path.stem}" for path in (ROOT / "nlu/data/categories").glob("*.yml")
}
NEWS = {f"news_{status.value}" for status in Status}


@pytest.fixture
def wording() -> Wording:
    return load_wording(FACTS)


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for package in SPEAKERS:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def is_saying(node: ast.AST) -> bool:
    """``….wording.say(…)``, ``wording.text(…)``."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    owner = node.func.value
    name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return name == "wording" and node.func.attr in {"say", "text"}


def sayings() -> list[tuple[str, int, str, set[str]]]:
    """Every place that says a line by name: file, line, key, fields given."""
    found = []
    for path, tree in sources():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            key = node.args[0]
            if is_saying(node) and isinstance(key, ast.Constant):
                given = {k.arg for k in node.keywords if k.arg}
                spread = any(k.arg is None for k in node.keywords)
                found.append((path.name, node.lineno, str(key.value), given, spread))
    return [(f, n, k, g | ({"*"} if s else set())) for f, n, k, g, s in found]


def strings() -> set[str]:
    return {
        node.value
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_line_that_is_said_is_there_and_gets_its_fields(wording: Wording) -> None:
    said = sayings()
    assert len(said) > 50
    for file, number, key, given in said:
        assert key in wording.lines, f"{file}:{number}: no line {key}"
        missing = wording.lines[key].fields - given - set(FACTS)
        assert not missing or "*" in given, f"{file}:{number}: {key} needs {missing}"


def test_every_line_is_said_somewhere(wording: Wording) -> None:
    assert set(wording.lines) - strings() - EMERGENCIES - NEWS - CATEGORIES == set()


def test_every_category_is_told_in_plain_words(wording: Wording) -> None:
    assert set(wording.lines) >= CATEGORIES


def test_a_city_tells_its_own_categories_in_plain_words(tmp_path: Path) -> None:
    path = tmp_path / "city.yml"
    path.write_text("category_渔业渔政: 渔船、养殖、海鲜市场", encoding="utf-8")
    assert load_wording(FACTS, path).text("category_渔业渔政") == "渔船、养殖、海鲜市场"


def test_every_emergency_has_its_words(wording: Wording) -> None:
    assert set(wording.lines) >= EMERGENCIES


def test_every_line_can_be_said_and_says_every_field(wording: Wording) -> None:
    for key, line in wording.lines.items():
        values = {name: f"〔{name}〕" for name in line.fields}
        reply = wording.say(key, **values)
        shown = reply.text + "".join(b.title + b.text for b in reply.buttons)
        assert all(value in shown for value in values.values()), key
        assert "{" not in shown, key


def test_a_missing_field_is_no_silent_gap(wording: Wording) -> None:
    with pytest.raises(KeyError, match="number"):
        wording.say("withdrawn")


def test_what_a_resident_writes_is_no_field(wording: Wording) -> None:
    assert "{phone}" in wording.text("taken_what", title="{phone}{0}")


def test_facts_may_be_named_in_every_line(tmp_path: Path) -> None:
    own = load_wording(FACTS, file(tmp_path, "goodbye: 再见，{community}电话{phone}"))
    assert own.text("goodbye") == f"再见，{FACTS['community']}电话{FACTS['phone']}"


# Buttons


def buttons(wording: Wording) -> list[tuple[str, str, str]]:
    return [(key, *pair) for key, line in wording.lines.items() for pair in line.buttons]


def test_in_one_line_no_two_buttons_look_or_mean_the_same(wording: Wording) -> None:
    for line in wording.lines.values():
        titles, texts = [t for t, _ in line.buttons], [s for _, s in line.buttons]
        assert len(set(titles)) == len(titles)
        assert len(set(texts)) == len(texts)


def test_a_button_sends_the_same_words_wherever_it_is_shown(wording: Wording) -> None:
    sent: dict[str, set[str]] = {}
    for _, title, text in buttons(wording):
        sent.setdefault(title, set()).add(text)
    assert all(len(texts) == 1 for texts in sent.values())


@pytest.mark.parametrize(
    ("line", "sent", "means"),
    [
        ("summary", "确认提交", "confirms"),
        ("summary", "修改", "amends"),
        ("summary", "取消", "cancels"),
        ("ask_contact", "不留电话", "no_phone"),
        ("ask_contact", "匿名提交", "anonymous"),
        ("resume_offer", "不报了", "cancels"),
        ("which_field", "改内容", "amends"),
        ("which_field", "改地点", "amends"),
        ("which_field", "改电话", "amends"),
    ],
)
def test_a_button_of_the_report_is_read_as_one_thing_only(
    wording: Wording, line: str, sent: str, means: str
) -> None:
    assert sent in [text for _, text in wording.lines[line].buttons]
    turn = Turn("web:1", "web", 1, Said(sent), Guess("", 0.0), at=AT)
    reading = read(turn)
    meanings = ("confirms", "amends", "cancels", "no_phone", "anonymous", "confidential")
    assert [name for name in meanings if getattr(reading, name)] == [means]


def test_the_button_to_go_on_is_understood_as_that(wording: Wording) -> None:
    for line in ("resume_offer", "restart_with_draft", "finish_incomplete"):
        assert RESUMES.match(wording.lines[line].buttons[0][1])


# A city's own lines


def file(folder: Path, content: str) -> Path:
    path = folder / "city.yml"
    path.write_text(content, encoding="utf-8")
    return path


def test_a_city_replaces_single_lines(tmp_path: Path, wording: Wording) -> None:
    own = load_wording(FACTS, file(tmp_path, "thanks: 甭客气。"))
    assert own.text("thanks") == "甭客气。"
    assert own.text("goodbye") == wording.text("goodbye")


def test_a_button_may_send_other_words_than_it_shows(tmp_path: Path) -> None:
    own = load_wording(
        FACTS, file(tmp_path, "restart: {text: 好, buttons: [{问一问: 我能问什么}]}")
    )
    (button,) = own.say("restart").buttons
    assert (button.title, button.text) == ("问一问", "我能问什么")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("thankyou: 谢谢", "city.yml: thankyou: Linli says no such line"),
        ("withdrawn: 工单{nummer}撤销了", r"city.yml: withdrawn: unknown field \{nummer\}"),
        ("thanks: {text: 好, buttons: ['{number}']}", r"city.yml: thanks: unknown field \{number"),
        ("thanks: '{community.__class__}'", "city.yml: thanks: unknown field"),
        ("thanks: 不客气{", "city.yml: thanks: "),
        ("thanks: 不客气{}", "city.yml: thanks: "),
        ("thanks: 不客气{0}", "city.yml: thanks: "),
        ("withdrawn: '{number:d}'", "city.yml: withdrawn: "),
        ("withdrawn: '{number!q}'", "city.yml: withdrawn: "),
        ("thanks: [1, 2]", "city.yml: thanks: must be a text"),
        ("thanks: {text: 好, buttons: 好}", "city.yml: thanks: must be a text"),
        ("- thanks", "city.yml: must be a table"),
        ("thanks: {", "city.yml: not readable"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_name_key_and_fault(
    tmp_path: Path, content: str, fault: str
) -> None:
    with pytest.raises(WordingError, match=fault):
        load_wording(FACTS, file(tmp_path, content))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WordingError, match=r"none\.yml: not readable"):
        load_wording(FACTS, tmp_path / "none.yml")


def test_the_same_key_twice_in_the_built_in_file_would_lose_a_line() -> None:
    keys = re.findall(r"^(\w+):", OWN.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(keys) == sorted(read_lines(OWN))
