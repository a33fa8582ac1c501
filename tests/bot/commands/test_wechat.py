import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi import FastAPI

from bot.cli import main
from bot.engine import free_port
from channels.wechat.account import Account
from channels.wechat.routes import wechat_routes
from tests.channels.house import House, opened
from tests.channels.serving import serving

ACCOUNT = {"name": "yunxi", "app_id": "wx1", "token": "token-1"}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "linli.db") as house:
        yield house


@pytest.fixture
def service(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A service of that one account, on a port of its own."""
    from nlu.clock import system_clock

    house.clock = system_clock  # type: ignore[method-assign]
    app = FastAPI()
    accounts = {"yunxi": Account.model_validate(ACCOUNT)}
    app.include_router(wechat_routes(house.gateway(), accounts, within=4.2, page=""))
    monkeypatch.setenv("LINLI_WECHAT_ACCOUNTS", json.dumps([ACCOUNT]))
    with serving(app) as address:
        yield address


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["wechat", *arguments])
    return done.exit_code, done.output


def test_a_rehearsal_shows_what_a_resident_would_see(service: str) -> None:
    status, output = run("rehearse", "--url", service, "路灯坏了")
    assert status == 0
    assert "verification   passed" in output
    assert "forged         refused" in output
    assert "passive  收到：路灯坏了" in output


def test_a_rehearsal_with_another_token_fails(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = json.dumps([{**ACCOUNT, "token": "token-2"}])
    monkeypatch.setenv("LINLI_WECHAT_ACCOUNTS", other)
    status, output = run("rehearse", "--url", service)
    assert status == 1
    assert "failed: HTTP 403" in output
    assert "该公众号暂时无法提供服务" in output


def test_a_port_that_is_taken_is_told_in_one_line(service: str) -> None:
    taken = service.rpartition(":")[2]
    status, output = run("rehearse", "--url", service, "--api-port", taken)
    assert (status, output) == (2, f"linli: --api-port: {taken} cannot be had\n")


def test_a_port_that_cannot_be_is_told_in_words(service: str) -> None:
    status, output = run("rehearse", "--url", service, "--api-port", "70000")
    assert status == 2
    assert "70000 is not in the range" in output


def test_a_rehearsal_where_nothing_listens_fails() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    status, output = run("rehearse", "--url", nowhere)
    assert (status, "LINLI_WECHAT_ACCOUNTS" in output) == (2, True)


@pytest.mark.parametrize(
    ("accounts", "fault"),
    [
        ("[", "must be JSON"),
        ('[{"name": "a"}]', "app_id"),
        ('[{"name": "云", "app_id": "x", "token": "abc"}]', "name"),
        ('[{"name": "a", "app_id": "x", "token": "abc", "aes_key": "short"}]', "43 letters"),
        ('[{"name": "a", "app_id": "x", "token": "abc", "writes_first": true}]', "AppSecret"),
        ('[{"name": "a", "app_id": "x", "token": "abc", "encrypted_only": true}]', "aes_key"),
    ],
)
def test_an_account_that_cannot_be_is_told_in_one_line(
    accounts: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINLI_WECHAT_ACCOUNTS", accounts)
    status, output = run("rehearse")
    assert status == 2
    assert output.startswith("linli: ")
    assert fault.lower() in output.lower()
    assert len(output.splitlines()) == 1


def test_a_menu_file_that_is_wrong_is_told(tmp_path: Path) -> None:
    file = tmp_path / "menu.yml"
    assert run("menu", str(file))[0] == 2
    file.write_text("- {name: 一}\n", encoding="utf-8")
    status, output = run("menu", str(file))
    assert (status, "menu, button 1" in output) == (2, True)
