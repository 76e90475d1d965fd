"""What the Slack desk needs of the settings."""

from dataclasses import dataclass

from bot.config.desk import Configured
from bot.desks.slack.settings import SlackApp


@dataclass(frozen=True, slots=True)
class Account:
    """How the desk reaches Slack. `places` are the queues' channels, for the doctor."""

    bot_token: str
    app_token: str = ""
    """For Socket Mode."""
    signing_secret: str = ""
    """For HTTP; then there is no socket."""
    base_url: str = "https://slack.com/api/"
    proxy: str | None = None
    timeout: float = 20
    """Seconds for a whole request."""
    places: tuple[str, ...] = ()


def account_of(configured: Configured[SlackApp]) -> Account:
    app = configured.table
    in_socket_mode = app.mode == "socket" and app.app_token is not None
    return Account(
        bot_token=app.bot_token.get_secret_value(),
        app_token=app.app_token.get_secret_value() if in_socket_mode and app.app_token else "",
        signing_secret=app.signing_secret.get_secret_value() if app.signing_secret else "",
        base_url=app.api_base,
        proxy=configured.proxy,
        places=configured.places,
    )
