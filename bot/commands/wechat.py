"""``linli wechat``: an official account's menu, and rehearsing before going live."""

import asyncio
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings import Settings
    from channels.wechat.account import Account
    from channels.wechat.standin import StandIn

FILE = click.Path(path_type=Path)


@click.group()
def wechat() -> None:
    """WeChat official accounts: menu, rehearsal."""


@wechat.command()
@click.argument("file", type=FILE)
@click.option("--account", help="Which account, where there are several.")
def menu(file: Path, account: str | None) -> None:
    """Make the buttons in FILE (YAML) the account's menu."""
    import yaml

    from bot.cli import BadInput, read_settings
    from channels.wechat.menu import MenuError, menu_of

    try:
        wanted = menu_of(yaml.safe_load(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(f"{file}: is not YAML in UTF-8") from error
    except MenuError as error:
        raise BadInput(f"{file}: {error}") from error
    settings = read_settings()
    asyncio.run(put_menu(settings, chosen(settings, account), wanted))
    click.echo("the menu is set; WeChat shows it within a few minutes")


@wechat.command()
@click.argument("texts", metavar="TEXT …", nargs=-1)
@click.option("--account", help="Which account, where there are several.")
@click.option("--url", help="Where the service is; the running one by default.")
@click.option("--api-port", type=int, help="Serve WeChat's API here, for LINLI_WECHAT_API_URL.")
def rehearse(
    texts: tuple[str, ...], account: str | None, url: str | None, api_port: int | None
) -> None:
    """Play WeChat towards the service: what a resident would see, and how soon.

    Verifies the address, tries a forged message, then brings each TEXT, signed and encrypted
    as the account is set up. Exit status 1 when something a resident would notice goes wrong.
    """
    from bot.cli import read_settings

    settings = read_settings()
    base = url or settings.own_url
    told = asyncio.run(play(chosen(settings, account), base, texts or ("您好",), api_port))
    raise SystemExit(0 if told else 1)


def chosen(settings: "Settings", name: str | None) -> "Account":
    from bot.cli import BadInput

    accounts = {account.name: account for account in settings.wechat_accounts}
    if not accounts:
        raise BadInput("LINLI_WECHAT_ACCOUNTS: no account is set up; see docs/wechat.md")
    if name is None and len(accounts) == 1:
        return next(iter(accounts.values()))
    if name not in accounts:
        raise BadInput(f"--account: one of {', '.join(sorted(accounts))}")
    return accounts[name]


async def put_menu(settings: "Settings", account: "Account", wanted: dict[str, object]) -> None:
    import httpx

    from bot.cli import BadInput, beginning
    from bot.service import build
    from channels.client import ApiError
    from channels.courier import NotNow, Undeliverable

    with beginning():
        service = await asyncio.to_thread(build, settings)
    api = service.wechat.apis.get(account.name)
    if api is None:
        raise BadInput(f"account {account.name}: needs its secret (AppSecret)")
    try:
        await api.call("/cgi-bin/menu/create", wanted)
    except (ApiError, NotNow, Undeliverable, httpx.HTTPError) as error:
        raise BadInput(f"WeChat does not take the menu: {error}") from error
    finally:
        await service.wechat.close()
        service.database.dispose()


async def play(account: "Account", base: str, texts: tuple[str, ...], api_port: int | None) -> bool:
    """Whether everything went as it should."""
    import uvicorn

    from channels.wechat.standin import BROKEN, StandIn

    platform = StandIn(account, urls=[f"{base}/channels/wechat/{account.name}"])
    server = None
    if api_port is not None:
        config = uvicorn.Config(platform.api(), host="127.0.0.1", port=api_port, log_level="error")
        server = asyncio.create_task(uvicorn.Server(config).serve())
    try:
        well = await verified(platform)
        person = f"rehearsal-{secrets.token_hex(8)}"
        for text in texts:
            before = len(platform.screens[person])
            await platform.say(person, text)
            for seen in platform.screens[person][before:]:
                click.echo(f"{seen.after:5.2f} s  {seen.how}  {seen.text}")
                well = well and seen.text != BROKEN
            if len(platform.screens[person]) == before:
                last = platform.deliveries[-1]
                click.echo(f"{last.seconds:5.2f} s  acknowledged; the answer is sent afterwards")
        return well
    finally:
        if server is not None:
            server.cancel()
        await platform.close()


async def verified(platform: "StandIn") -> bool:
    """Whether the address answers WeChat's question, and takes nothing forged."""
    import httpx

    _, query = platform.sealed({"ToUserName": "gh", "FromUserName": "rehearsal"})
    url, echo = platform.urls[0], secrets.token_hex(8)
    try:
        answer = await platform.http.get(url, params={**query, "echostr": echo})
        right = answer.status_code == 200 and answer.text == echo
        forged = await platform.http.get(url, params={**query, "signature": "0" * 40})
    except httpx.HTTPError as error:
        click.echo(f"verification   failed: {type(error).__name__} at {url}")
        return False
    click.echo(f"verification   {'passed' if right else f'failed: HTTP {answer.status_code}'}")
    click.echo(f"forged         {'refused' if forged.status_code == 403 else 'TAKEN'}")
    return right and forged.status_code == 403
