"""The link that brings an invitation's code to the bot: whoever opens it and presses Start has joined (`parse`)."""

from bot.desks.telegram.account import Account
from bot.desks.telegram.api import Api
from core.errors import SendError

PATIENCE = 5.0
"""Seconds; somebody waits at a command line."""


async def invitation(account: Account, code: str) -> str:
    """Empty when Telegram does not say now what the bot is called (https://core.telegram.org/bots/features#deep-linking)."""
    api = Api(account.bot_token, account.api_base, account.proxy, PATIENCE, _moved)
    try:
        bot = await api.do(api.bot.get_me())
    except SendError:
        return ""
    finally:
        await api.close()
    return f"https://t.me/{bot.username}?start={code}" if bot else ""


async def _moved(old: int, new: int) -> None:
    """Nobody asks about a group here."""
