"""docs/commands.md has every command with its options and an example, and none that is gone."""

import re
from collections.abc import Iterator

import click
import pytest

from bot.cli import main
from bot.settings import ROOT
from tests.docs.pages import page, sections


def walk(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its whole name."""
    if isinstance(command, click.Group):
        if command.invoke_without_command:
            yield path, command
        for name, inner in command.commands.items():
            yield from walk(inner, f"{path} {name}")
    else:
        yield path, command


COMMANDS = dict(walk(main, "linli"))


def in_words(parameter: click.Parameter) -> list[str]:
    """How the page must name it: an option by its names, an argument by what --help shows."""
    if isinstance(parameter, click.Argument):
        return [parameter.metavar or (parameter.name or "").upper()]
    return [*parameter.opts, *parameter.secondary_opts]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_section_with_an_example(name: str) -> None:
    said = sections(page("commands.md"))[f"`{name}`"]
    assert re.search(rf"^ {{4,}}.*\.venv/bin/{name}\b", said, re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "parameter"),
    [(name, p) for name, command in COMMANDS.items() for p in command.params],
    ids=lambda value: value if isinstance(value, str) else str(value.name),
)
def test_every_option_and_argument_stands_in_its_commands_section(
    name: str, parameter: click.Parameter
) -> None:
    said = sections(page("commands.md"))[f"`{name}`"]
    for words in in_words(parameter):
        assert re.search(rf"`{re.escape(words)}[` ]", said), f"{name} {words}"


def test_no_command_is_told_of_that_is_gone() -> None:
    told = {title.strip("`") for title in sections(page("commands.md")) if "`" in title}
    assert told == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_no_option_is_told_of_that_is_gone(name: str) -> None:
    said = sections(page("commands.md"))[f"`{name}`"]
    known = {words for p in COMMANDS[name].params for words in in_words(p)}
    assert set(re.findall(r"^- `(--[a-z-]+)", said, re.MULTILINE)) <= known


def targets() -> list[str]:
    """What make offers to people."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    assert phony is not None
    return [target for target in phony.group(1).split() if target != "python"]


@pytest.mark.parametrize("target", targets())
def test_every_target_of_make_is_told(target: str) -> None:
    assert f"`make {target}`" in page("commands.md")
