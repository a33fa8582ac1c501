"""Everything Linli says in conversation, from one file that a city may replace line by line."""

from collections.abc import Mapping
from pathlib import Path
from string import Formatter

import yaml

from actions.reply import Button, Reply

CATEGORY_LINE = "category_"
"""Lines that say in plain words what a category takes in; a city's own may be added."""

OWN = Path(__file__).with_name("wording.yml")


class WordingError(ValueError):
    """A wording file says something Linli cannot use; the message names file, key and fault."""


class Wording:
    """Lines by key: a text with ``{fields}`` and, where there are any, buttons."""

    def __init__(self, lines: Mapping[str, "Line"], facts: Mapping[str, str]) -> None:
        self.lines = lines
        self.facts = facts

    def say(self, key: str, **fields: object) -> Reply:
        """The line as a reply. Fields not given come from the community's facts.

        Raises:
            KeyError: no such line, or a field the line needs is missing.
        """
        line = self.lines[key]
        values = {**self.facts, **fields}
        return Reply(
            text=line.text.format_map(values),
            buttons=tuple(
                Button(title.format_map(values), text.format_map(values))
                for title, text in line.buttons
            ),
        )

    def text(self, key: str, **fields: object) -> str:
        return self.say(key, **fields).text


class Line:
    """One line: its text, and buttons as pairs of what is shown and what is sent."""

    def __init__(self, text: str, buttons: tuple[tuple[str, str], ...] = ()) -> None:
        self.text = text
        self.buttons = buttons

    @property
    def fields(self) -> set[str]:
        texts = [self.text, *(part for pair in self.buttons for part in pair)]
        return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


def load_wording(facts: Mapping[str, str], replacement: Path | None = None) -> Wording:
    """The built-in lines, with those of ``replacement`` in their place.

    Args:
        facts: what every line may name: community, phone, office_hours.

    Raises:
        WordingError: a file is not readable, or a replaced line is unknown or names a field
            that the built-in one does not have.
    """
    lines = read_lines(OWN)
    if replacement is not None:
        for key, line in read_lines(replacement).items():
            known = lines[key].fields if key in lines else set()
            if key not in lines and not key.startswith(CATEGORY_LINE):
                raise WordingError(f"{replacement}: {key}: Linli says no such line")
            check_fields(replacement, key, line, known | set(facts))
            lines[key] = line
    return Wording(lines, facts)


def check_fields(path: Path, key: str, line: Line, known: set[str]) -> None:
    try:
        unknown = line.fields - known
        if not unknown:
            Wording({key: line}, dict.fromkeys(known, "")).say(key)
    except ValueError as error:
        raise WordingError(f"{path}: {key}: its braces cannot be read: {error}") from error
    if unknown:
        raise WordingError(f"{path}: {key}: unknown field {{{min(unknown)}}}")


def read_lines(path: Path) -> dict[str, Line]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise WordingError(f"{path}: not readable: {error}") from error
    if not isinstance(content, dict):
        raise WordingError(f"{path}: must be a table of lines")
    return {str(key): read_line(path, str(key), value) for key, value in content.items()}


def read_line(path: Path, key: str, value: object) -> Line:
    if isinstance(value, str):
        return Line(value.strip())
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        buttons = value.get("buttons", [])
        if isinstance(buttons, list) and all(isinstance(b, (str, dict)) for b in buttons):
            return Line(
                value["text"].strip(), tuple(pair for b in buttons for pair in read_button(b))
            )
    raise WordingError(f"{path}: {key}: must be a text, or a table with text and buttons")


def read_button(button: str | dict[str, str]) -> list[tuple[str, str]]:
    if isinstance(button, str):
        return [(button, button)]
    return [(str(title), str(text)) for title, text in button.items()]
