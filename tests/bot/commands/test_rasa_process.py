import asyncio
from pathlib import Path

import httpx
import pytest

from bot.cli import read_settings
from bot.commands.rasa_process import RasaFault, running_rasa
from tests.bot.commands.pretending import pretend, program


async def parse(text: str) -> tuple[str, dict[str, object]]:
    async with running_rasa(read_settings()) as engine:
        return engine.url, await engine.parse(text)


def test_a_rasa_of_our_own_answers_and_ends_with_the_block(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(home, monkeypatch)
    url, parsed = asyncio.run(parse("灯坏了"))
    assert parsed["intent"] == {"name": "report_problem", "confidence": 0.9}
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)


def test_it_keeps_out_of_the_folder_of_the_services_rasa(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(home, monkeypatch)
    asyncio.run(parse("灯坏了"))
    assert not (home / "rasa").exists()


def test_no_model_is_told(home: Path) -> None:
    with pytest.raises(RasaFault, match=r"no model in .*: run 'linli nlu train'"):
        asyncio.run(parse("灯坏了"))


def test_a_model_that_is_not_there_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_RASA_MODEL", str(home / "gone.tar.gz"))
    with pytest.raises(RasaFault, match=r"gone\.tar\.gz: no such model"):
        asyncio.run(parse("灯坏了"))


def test_no_environment_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(home, monkeypatch)
    monkeypatch.setenv("LINLI_RASA_PYTHON", str(home / "no-python"))
    with pytest.raises(RasaFault, match=r"no-python cannot be started .*make setup"):
        asyncio.run(parse("灯坏了"))


def test_a_rasa_that_ends_at_once_is_told_with_its_log(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(home, monkeypatch)
    monkeypatch.setenv("LINLI_RASA_PYTHON", str(program(home, "exit 1")))
    with pytest.raises(RasaFault, match=r"Rasa ended at once; .*rasa-\d+\.log says why"):
        asyncio.run(parse("灯坏了"))


def test_a_rasa_elsewhere_that_is_not_ready_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINLI_RASA_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("LINLI_RASA_TOKEN", "made-up")
    with pytest.raises(RasaFault, match=r"no Rasa is ready at http://127\.0\.0\.1:1"):
        asyncio.run(parse("灯坏了"))
