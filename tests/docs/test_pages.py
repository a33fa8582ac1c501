"""All pages: their links lead somewhere, and nothing in them belongs to one machine."""

import re
from pathlib import Path

import pytest

from bot.settings import ROOT
from tests.docs.pages import DOCS, links, pages

REGISTRY = re.compile(
    r"pypi(?!nyin)|pythonhosted|download\.pytorch|mirrors?\.|tuna\.|aliyun|anaconda", re.I
)
MACHINE = re.compile(r"(?<![\w.])/(?:root|work|home|tmp|Users|mnt)/|\b[A-Z]:\\")
ADDRESS = re.compile(r"https?://([^\s/:`)）]+)")
ANYWHERE = re.compile(
    r"127\.0\.0\.1|服务的内网地址|(?:qy)?api\.weixin\.qq\.com|api\.telegram\.org|您的域名"
)
"""Hosts that are nobody's, and the platforms' own."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", pages(), ids=name_of)
def test_links_and_pictures_lead_to_files_that_are_there(path: Path) -> None:
    targets = [target.partition("#")[0] for target in links(path.read_text(encoding="utf-8"))]
    assert [t for t in targets if t and not (path.parent / t).exists()] == []


@pytest.mark.parametrize("path", pages(), ids=name_of)
def test_no_page_names_a_registry_another_host_or_a_place_on_a_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert REGISTRY.findall(text) == []
    assert MACHINE.findall(text) == []
    assert [host for host in ADDRESS.findall(text) if not ANYWHERE.fullmatch(host)] == []


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=name_of)
def test_every_page_can_be_reached_from_the_first_one(path: Path) -> None:
    for readme in ("README.md", "README.en.md"):
        assert f"docs/{path.name}" in links((ROOT / readme).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["README.md", "README.en.md"])
def test_the_first_page_gives_the_two_commands(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert "    make run" in lines
    assert "    make test" in lines


def test_the_first_page_opens_with_three_lines_of_english() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    opening = lines[2:5]
    assert lines[1] == lines[5] == ""
    assert all(line.isascii() or "→" in line for line in opening)
    assert "(README.en.md)" in opening[2]
