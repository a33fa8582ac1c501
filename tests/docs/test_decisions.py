"""docs/decisions.md has a line for every library that is asked for."""

import re
import tomllib

import pytest

from bot.settings import ROOT
from tests.docs.pages import page, rows

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAMED = {"torch": "pytorch"}
"""Libraries that go by another name."""


def plain(name: str) -> str:
    name = re.split(r"[\[<>=~! ]", name)[0].lower().replace("_", "-")
    return NAMED.get(name, name)


ASKED_FOR = sorted(
    plain(wish)
    for wishes in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    for wish in wishes
)


@pytest.mark.parametrize("library", ASKED_FOR)
def test_every_library_has_a_line_with_licence_and_reason(library: str) -> None:
    told = {plain(first): rest for first, *rest in rows(page("decisions.md"))}
    licence, reason = told[library]
    assert licence
    assert reason


def test_the_licence_is_the_one_the_project_names() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
