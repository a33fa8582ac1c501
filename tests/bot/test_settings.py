import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import make_url

from bot.settings import ROOT, Settings


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an empty folder, with no setting given."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("LINLI_"):
            monkeypatch.delenv(name)


def test_everything_has_a_default_and_state_lies_in_the_project(tmp_path: Path) -> None:
    settings = Settings()
    assert settings.home == ROOT / "var"
    assert settings.database == f"sqlite:///{ROOT / 'var' / 'linli.db'}"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


def test_the_environment_comes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("LINLI_PORT=9001\nLINLI_COMMUNITY=示例街道\n", "utf-8")
    monkeypatch.setenv("LINLI_PORT", "9002")
    settings = Settings()
    assert (settings.port, settings.community) == (9002, "示例街道")


def test_other_names_in_the_file_disturb_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LINLI_UNKNOWN=1\nOTHER=2\n", "utf-8")
    assert Settings().port == 8000


def test_paths_are_taken_from_where_one_stands_or_from_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.setenv("LINLI_HOME", "state")
    assert Settings().home == tmp_path / "state"
    monkeypatch.setenv("LINLI_HOME", "~/state")
    assert Settings().home == tmp_path / "me" / "state"


@pytest.mark.parametrize("name", ["state", "云溪 state", "a%20b"])
def test_the_database_lies_in_the_home_folder_whatever_its_name(tmp_path: Path, name: str) -> None:
    url = make_url(Settings(home=tmp_path / name).database)
    assert url.database == str(tmp_path / name / "linli.db")


def test_lists_and_times_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_REGIONS", '["示例街道", "全国"]')
    monkeypatch.setenv("LINLI_RASA_ANSWERS_WITHIN", "PT1.5S")
    monkeypatch.setenv("LINLI_OUTBOX_EVERY", "00:00:05")
    settings = Settings()
    assert settings.regions == ("示例街道", "全国")
    assert settings.rasa_answers_within == timedelta(seconds=1.5)
    assert settings.outbox_every == timedelta(seconds=5)


def test_secrets_are_not_shown() -> None:
    settings = Settings.model_validate(
        {
            "database_url": "postgresql://linli:geheim@127.0.0.1/linli",
            "rasa_url": "http://127.0.0.1:5005",
            "rasa_token": "geheim",
            "redis_url": "redis://:geheim@127.0.0.1",
            "desk_token": "geheim",
        }
    )
    assert "geheim" not in f"{settings!r} {settings} {settings.model_dump_json()}"
    assert settings.database == "postgresql://linli:geheim@127.0.0.1/linli"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104
        ("::", "http://[::1]:8000"),
        ("::1", "http://[::1]:8000"),
        ("192.0.2.7", "http://192.0.2.7:8000"),
        ("localhost", "http://localhost:8000"),
    ],
)
def test_this_machine_reaches_the_service_where_it_listens(host: str, url: str) -> None:
    assert Settings(host=host).own_url == url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 0),
        ("port", 65536),
        ("port", "http"),
        ("message_limit", 99),
        ("message_limit", 20001),
        ("body_limit", 0),
        ("image_limit", -1),
        ("log_level", "LOUD"),
        ("outbox_every", 0),
        ("outbox_every", -1),
        ("rasa_answers_within", 0),
        ("rasa_answers_within", "soon"),
        ("resume_after", -1),
        ("regions", []),
        ("rate_per_person", "60"),
        ("rate_per_address", "0/minute"),
        ("rate_overall", ""),
        ("trusted_proxies", ["10.0.0.0/33"]),
        ("redis_url", "http://127.0.0.1"),
        ("desk_waits_at_most", 0),
        ("desk_silent_after", 0),
        ("desk_failures", -1),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(name: str, value: Any) -> None:
    with pytest.raises(ValidationError) as fault:
        Settings(**{name: value})
    assert [error["loc"] for error in fault.value.errors()] == [(name,)]


def test_the_level_of_the_log_is_read_in_any_case() -> None:
    assert Settings(log_level="debug").log_level == "DEBUG"


def test_every_setting_says_what_it_is() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert "\n" not in field.description
