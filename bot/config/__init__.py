"""Typed settings: dragoman.toml, the .env beside it, and the environment. All that is wrong is said at once, by path.

`load` is the only way in. `policy_of` turns the settings into what the core decides by. Nothing here connects anywhere:
whether tokens work is `dragoman doctor`'s business.
"""

from bot.config.loading import load
from bot.config.policy import policy_of
from bot.config.problems import ConfigError, Problem
from bot.config.settings import Inbox, Queue, Settings, SlackApp

__all__ = ["ConfigError", "Inbox", "Problem", "Queue", "Settings", "SlackApp", "load", "policy_of"]
