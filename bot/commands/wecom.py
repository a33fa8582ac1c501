"""``linli wecom``: rehearsing before going live."""

import asyncio
from typing import TYPE_CHECKING

import click

from bot.commands.rehearsal import PORT, chosen, converse, served, verified

if TYPE_CHECKING:
    from channels.wecom.account import Account


@click.group()
def wecom() -> None:
    """Applications on WeCom: rehearsal."""


@wecom.command()
@click.argument("texts", metavar="TEXT …", nargs=-1)
@click.option("--account", help="Which account, where there are several.")
@click.option("--url", help="Where the service is; the running one by default.")
@click.option("--api-port", type=PORT, help="Serve WeCom's API here, for LINLI_WECOM_API_URL.")
def rehearse(
    texts: tuple[str, ...], account: str | None, url: str | None, api_port: int | None
) -> None:
    """Play WeCom towards the service: what a resident would see, and how soon.

    Verifies the address, tries a forged message, then has a member say each TEXT to the
    application, and, with --api-port, a customer to customer service. Exit status 1 when
    something a resident would notice goes wrong.
    """
    from bot.cli import read_settings

    settings = read_settings()
    ours = chosen(settings.wecom_accounts, account, "LINLI_WECOM_ACCOUNTS", "wecom.md")
    told = asyncio.run(play(ours, url or settings.own_url, texts or ("您好",), api_port))
    raise SystemExit(0 if told else 1)


async def play(account: "Account", base: str, texts: tuple[str, ...], api_port: int | None) -> bool:
    """Whether everything went as it should."""
    from channels.wecom.standin import StandIn

    platform = StandIn(account, urls=[f"{base}/channels/wecom/{account.name}"])
    try:
        async with served(platform.api(), api_port):
            well = await verified(platform)
            if account.agent_id is not None:
                click.echo("a member, to the application:")
                well = await converse(platform, texts, platform.say, waits=False) and well
            if account.customer_service and api_port is not None:
                click.echo("a customer, to customer service:")
                well = await converse(platform, texts, platform.write, waits=True) and well
            return well
    finally:
        await platform.close()
