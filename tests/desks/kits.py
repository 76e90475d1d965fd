"""Every desk's kit for the contract. A new desk adds its kit to KITS."""

from tests.desks.console_kit import Console
from tests.desks.contract import DeskKit
from tests.desks.slack.kit import SlackOverHttp, SlackOverSocket
from tests.desks.telegram.kit import TelegramByPolling, TelegramByWebhook

KITS: tuple[type[DeskKit], ...] = (SlackOverSocket, SlackOverHttp, TelegramByPolling, TelegramByWebhook, Console)
