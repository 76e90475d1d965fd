"""The Slack desk. Begin at `desk.SlackDesk`; the rest of the package is one pure step or one conversation each."""

from functools import partial

from bot.config.desk import Configured
from bot.desks.kind import Around
from bot.desks.slack.account import account_of
from bot.desks.slack.settings import SLACK, SlackApp
from bot.rates import Rate
from core.ports import Desk

RATE = Rate(1, 4)
"""chat.postMessage: about 1/s a channel, short bursts allowed."""


def build(configured: Configured[SlackApp], around: Around) -> Desk:
    # The chat library costs seconds, and most commands never need it.
    from bot.desks.slack.desk import SlackDesk

    heard = partial(around.heard, SLACK)
    return SlackDesk(account_of(configured), around.clock, around.names, around.links, around.people, heard)
