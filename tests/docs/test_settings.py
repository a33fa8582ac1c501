"""docs/settings.md has every setting with its default, and none that is gone."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from bot.settings import ROOT, Settings
from tests.docs.pages import named_rows, page

NAMES = {f"LINLI_{name.upper()}": name for name in Settings.model_fields}


def shown(value: object) -> str:
    """A default as it is written in the table."""
    match value:
        case None | "":
            return "空"
        case Path():
            return f"`{value.relative_to(ROOT).as_posix()}`"
        case timedelta():
            return f"`{TypeAdapter(timedelta).dump_python(value, mode='json')}`"
        case tuple():
            plain = TypeAdapter(tuple[Any, ...]).dump_python(value, mode="json")
            return f"`{json.dumps(plain, ensure_ascii=False)}`"
        case _:
            return f"`{value}`"


@pytest.mark.parametrize("name", NAMES)
def test_every_setting_has_a_line_with_its_default_and_meaning(name: str) -> None:
    default, meaning = named_rows(page("settings.md"))[name]
    assert default == shown(Settings.model_fields[NAMES[name]].default)
    assert meaning


def test_no_page_names_a_setting_that_is_gone() -> None:
    named = {name for name in named_rows(page("settings.md")) if name.startswith("LINLI_")}
    assert named == set(NAMES)


def test_the_forms_of_a_duration_that_the_page_gives_are_understood(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # away from anybody's .env
    text = page("settings.md").partition("## ")[0]
    told = re.findall(r"`(PT[\dHMS.]+|\d\d:\d\d:\d\d)`", text)
    assert len(told) == 3
    for form in told:
        monkeypatch.setenv("LINLI_RESUME_AFTER", form)
        assert Settings().resume_after > timedelta()
    monkeypatch.setenv("LINLI_RESUME_AFTER", "3")
    with pytest.raises(ValueError, match="resume_after"):
        Settings()
