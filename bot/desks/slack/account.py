"""What the Slack desk is configured with. Reading the settings is the registry's affair."""

from dataclasses import dataclass


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
