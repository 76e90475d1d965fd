"""What the Telegram desk needs of the settings."""

from dataclasses import dataclass

from bot.config.desk import Configured
from bot.desks.telegram.settings import TelegramBot


@dataclass(frozen=True, slots=True)
class Account:
    """How the desk reaches Telegram. `places` are our own names of the queues' groups, for the doctor."""

    bot_token: str
    api_base: str = "https://api.telegram.org"
    secret_token: str = ""
    """For a webhook; then there is no polling."""
    hook_url: str = ""
    """Where the webhook is, for Telegram to be told; empty: somebody else tells it."""
    places: tuple[str, ...] = ()
    proxy: str | None = None
    timeout: float = 20
    """Seconds for a whole request; a transfer of a file may take longer."""

    @property
    def bot_id(self) -> int:
        """A token begins with the bot's own user id."""
        number = self.bot_token.partition(":")[0]
        return int(number) if number.isascii() and number.isdigit() else 0


def account_of(configured: Configured[TelegramBot]) -> Account:
    bot = configured.table
    called = bot.mode == "webhook" and bot.secret_token is not None
    return Account(
        bot_token=bot.bot_token.get_secret_value(),
        api_base=bot.api_base,
        secret_token=bot.secret_token.get_secret_value() if called and bot.secret_token else "",
        hook_url=configured.hook_url if called else "",
        places=configured.places,
        proxy=configured.proxy,
    )
