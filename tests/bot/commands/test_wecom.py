import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from fastapi import FastAPI

from bot.cli import main
from bot.engine import free_port
from channels.attachments import Attachments
from channels.courier import Courier
from channels.wecom.account import Account
from channels.wecom.channel import build_wecom
from nlu.clock import system_clock
from tests.channels.house import OWNER, House, opened
from tests.channels.serving import serving

ACCOUNT = {
    "name": "yunxi",
    "corp_id": "ww1",
    "secret": "secret-1",
    "token": "token-1",
    "aes_key": "a" * 43,
    "agent_id": 1000002,
    "customer_service": True,
}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "linli.db") as house:
        yield house


@pytest.fixture
def port() -> int:
    """Where the stand-in serves WeCom's API."""
    return free_port()


@pytest.fixture
def service(
    house: House, tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A service of that one account, on a port of its own."""
    import asyncio
    import contextlib
    from collections.abc import AsyncIterator

    house.clock = system_clock  # type: ignore[method-assign]
    told = {"vault": house.vault, "clock": house.clock, "owner": OWNER}
    wecom = build_wecom(
        [Account.model_validate(ACCOUNT)],
        house.sessions,
        url=f"http://127.0.0.1:{port}",
        within=4.2,
        attachments=Attachments(tmp_path, 1),
        wording=house.wording,
        transport=httpx.AsyncHTTPTransport(),
        **told,  # type: ignore[arg-type]
    )
    gateway = house.gateway()
    courier = Courier(house.sessions, {"wecom": wecom.writer}, **told)  # type: ignore[arg-type]

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(courier.run())
        yield
        task.cancel()
        await wecom.close()

    app = FastAPI(lifespan=lifespan)
    app.include_router(wecom.routes(gateway))
    monkeypatch.setenv("LINLI_WECOM_ACCOUNTS", json.dumps([ACCOUNT]))
    with serving(app) as address:
        yield address


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["wecom", *arguments])
    return done.exit_code, done.output


def test_a_rehearsal_shows_what_a_member_and_a_customer_would_see(service: str, port: int) -> None:
    status, output = run("rehearse", "--url", service, "--api-port", str(port), "路灯坏了")
    assert "verification   passed" in output
    assert "forged         refused" in output
    assert "passive  收到：路灯坏了" in output
    assert "pushed  收到：路灯坏了" in output
    assert status == 0


def test_a_rehearsal_with_another_token_fails(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = json.dumps([{**ACCOUNT, "token": "token-2"}])
    monkeypatch.setenv("LINLI_WECOM_ACCOUNTS", other)
    status, output = run("rehearse", "--url", service)
    assert status == 1
    assert "failed: HTTP 403" in output
    assert "NOT TAKEN" in output


@pytest.mark.parametrize(
    ("accounts", "fault"),
    [
        ("[", "must be JSON"),
        ("[]", "no account is set up"),
        ('[{"name": "a"}]', "corp_id"),
        (json.dumps([{**ACCOUNT, "aes_key": "short"}]), "43 letters"),
        (json.dumps([{**ACCOUNT, "agent_id": None, "customer_service": False}]), "agent_id"),
    ],
)
def test_an_account_that_cannot_be_is_told_in_one_line(
    accounts: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINLI_WECOM_ACCOUNTS", accounts)
    status, output = run("rehearse")
    assert status == 2
    assert fault.lower() in output.lower()
    assert len(output.splitlines()) == 1
