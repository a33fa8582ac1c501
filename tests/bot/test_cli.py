import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.publishing import answers
from knowledge.encoder import EncoderError
from knowledge.gate import Verdict
from knowledge.publishing import Refused


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("LINLI_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("LINLI_HOME", str(tmp_path / "home"))


def linli(*arguments: str, **variables: str) -> Result:
    return CliRunner().invoke(main, arguments, env=variables)


def refused(result: Result) -> str:
    """The one line that says why, without which there is no exit status 2."""
    assert result.exit_code == 2, result.output
    [line] = result.stderr.splitlines()
    assert line.startswith("linli: ")
    assert result.stdout == ""
    return line


@pytest.mark.parametrize("command", ["serve", "chat", "setup", "bench"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LINLI_PORT", "http"),
        ("LINLI_LOG_LEVEL", "LOUD"),
        ("LINLI_REGIONS", "云溪街道"),
        ("LINLI_OUTBOX_EVERY", "0"),
        ("LINLI_RASA_URL", "http://127.0.0.1:5005"),
    ],
)
def test_a_bad_setting_is_one_line_that_names_it(command: str, name: str, value: str) -> None:
    assert name in refused(linli(command, **{name: value}))


@pytest.mark.parametrize(
    ("hours", "where"),
    [
        ('[{"days": "holidays", "opens": "9:00", "closes": "17:00"}]', "LINLI_DESK_HOURS_0_DAYS"),
        ('[{"days": ["mon", "x"], "opens": "9:00", "closes": "17:00"}]', "LINLI_DESK_HOURS_0_DAYS"),
        ('[{"days": "daily", "opens": "9", "closes": "17:00"}]', "LINLI_DESK_HOURS_0_OPENS"),
        ('[{"days": "daily", "opens": "18:00", "closes": "17:00"}]', "LINLI_DESK_HOURS_0"),
    ],
)
def test_bad_hours_of_the_desk_are_one_line_that_says_where(hours: str, where: str) -> None:
    line = refused(linli("serve", LINLI_DESK_HOURS=hours))
    assert line.count("LINLI_") == 1
    assert f"{where}: must" in line


def test_bad_rules_of_the_desk_are_one_line(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text("- words: 记者\n", encoding="utf-8")
    line = refused(linli("serve", LINLI_DESK_RULES=str(rules)))
    assert "rules.yml: rule 1: words: must be a list" in line
    assert "missing.yml: No such file" in refused(
        linli("desk", "list", LINLI_DESK_RULES="missing.yml")
    )


def test_every_bad_setting_is_named() -> None:
    line = refused(linli("serve", LINLI_PORT="0", LINLI_LOG_LEVEL="LOUD"))
    assert "LINLI_PORT" in line
    assert "LINLI_LOG_LEVEL" in line


def test_a_secret_is_not_said_back() -> None:
    result = linli("serve", LINLI_RASA_TOKEN="geheim", LINLI_PORT="0")
    assert "geheim" not in refused(result)


def test_a_settings_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"LINLI_COMMUNITY=\xff\xfe\n")
    assert ".env" in refused(linli("serve"))


@pytest.mark.parametrize("command", ["serve", "chat"])
@pytest.mark.parametrize(
    ("said", "variables"),
    [
        ("linli nlu train", {}),
        ("LINLI_RASA_MODEL", {"LINLI_RASA_MODEL": "mine.tar.gz"}),
        ("LINLI_DATABASE_URL", {"LINLI_DATABASE_URL": "nonsense"}),
        ("wording.yml", {"LINLI_WORDING": "wording.yml"}),
    ],
)
def test_what_the_service_cannot_begin_with_is_one_line(
    command: str, said: str, variables: dict[str, str]
) -> None:
    assert said in refused(linli(command, LINLI_PORT="1", **variables))


def test_an_encoder_that_cannot_be_loaded_ends_it_with_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def searcher() -> None:
        raise EncoderError("encoder 'bge' cannot be loaded; give the path of its folder")

    service = SimpleNamespace(shelf=SimpleNamespace(searcher=searcher))
    monkeypatch.setattr("bot.service.build", lambda settings: service)
    assert "give the path of its folder" in refused(linli("serve"))


@pytest.mark.parametrize(("opens", "status"), [(True, 0), (False, 1)])
def test_set_up_goes_on_where_the_gate_refuses_and_the_old_answers_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, opens: bool, status: int
) -> None:
    report = tmp_path / "report.json"

    def set_up(settings: object, say: object) -> None:
        raise Refused(Verdict((), (0.9, 0.5), ("recall drops",)), report)

    monkeypatch.setattr("bot.setup.set_up", set_up)
    monkeypatch.setattr("bot.publishing.answers", lambda home: opens)
    result = linli("setup")
    assert result.exit_code == status
    assert "recall drops" in result.output
    assert str(report) in result.output
    assert ("answers on" in result.output) is opens


def test_nothing_published_does_not_answer(tmp_path: Path) -> None:
    assert not answers(tmp_path)


def test_help_names_every_command() -> None:
    result = linli("--help")
    assert result.exit_code == 0
    for command in ("serve", "chat", "setup", "bench", "nlu", "knowledge", "tickets"):
        assert command in result.output
