"""``linli wechat``: an official account's menu, and rehearsing before going live."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.rehearsal import PORT, chosen, converse, served, verified

if TYPE_CHECKING:
    from bot.settings import Settings
    from channels.wechat.account import Account

FILE = click.Path(path_type=Path)
WHERE = ("LINLI_WECHAT_ACCOUNTS", "wechat.md")


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
    ours = chosen(settings.wechat_accounts, account, *WHERE)
    asyncio.run(put_menu(settings, ours, wanted))
    click.echo("the menu is set; WeChat shows it within a few minutes")


@wechat.command()
@click.argument("texts", metavar="TEXT …", nargs=-1)
@click.option("--account", help="Which account, where there are several.")
@click.option("--url", help="Where the service is; the running one by default.")
@click.option("--api-port", type=PORT, help="Serve WeChat's API here, for LINLI_WECHAT_API_URL.")
def rehearse(
    texts: tuple[str, ...], account: str | None, url: str | None, api_port: int | None
) -> None:
    """Play WeChat towards the service: what a resident would see, and how soon.

    Verifies the address, tries a forged message, then brings each TEXT, signed and encrypted
    as the account is set up. Exit status 1 when something a resident would notice goes wrong.
    """
    from bot.cli import read_settings

    settings = read_settings()
    ours = chosen(settings.wechat_accounts, account, *WHERE)
    told = asyncio.run(play(ours, url or settings.own_url, texts or ("您好",), api_port))
    raise SystemExit(0 if told else 1)


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
    from channels.wechat.standin import StandIn

    platform = StandIn(account, urls=[f"{base}/channels/wechat/{account.name}"])
    try:
        async with served(platform.api(), api_port):
            well = await verified(platform)
            return await converse(platform, texts, platform.say, waits=False) and well
    finally:
        await platform.close()
