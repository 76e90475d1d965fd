"""Where log lines go and what they may hold: standard error, as lines for people or as JSON, without secrets and words.

Everything that logs, ours and the libraries', comes out here. Called once, by the command line.
"""

import logging
import sys
import traceback
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor

from bot.redact import redact, redact_event

WORDS = frozenset({"text", "body", "content", "words", "caption", "question", "payload", "raw"})
"""Fields that could hold what people wrote. Nobody should log them; when somebody does, only their length is kept."""
TELLING = ("sqlite3", "asyncpg", "tortoise", "aiohttp", "storage", "socket", "ssl")
"""Whose errors say what is wrong with the machine."""
OF_CODE = (OSError, AttributeError, NameError, ImportError)
"""Which of Python's own name files and code. Other messages may quote what was being read: those stay out."""
LIMIT = 300

ExcInfo = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


def configure(form: Literal["console", "json"], *, quiet: bool = False) -> None:
    """`quiet`: warnings and worse only."""
    level = logging.WARNING if quiet else logging.INFO
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        plain_exception,
        without_words,
        redact_event,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        # No caching: a logger made before this is called must not keep what it had.
        cache_logger_on_first_use=False,
    )
    handler = _ToStderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(form)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # A line for every request to a platform says little and holds addresses.
    for chatty in ("aiohttp.access", "slack_bolt", "slack_sdk", "asyncio", "tortoise"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


class _ToStderr(logging.StreamHandler[TextIO]):
    """Wherever standard error is at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override] # logging's own last resort does the same
        return sys.stderr


def without_words(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: what people wrote becomes its length."""
    return {
        name: f"({len(value)})" if name in WORDS and isinstance(value, str | bytes) else value
        for name, value in event.items()
    }


def plain_exception(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: `exc_info` becomes frames and names, without local variables and quoted input."""
    given: Any = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["exception"] = told(error)
    return event


def told(error: BaseException) -> str:
    """The traceback, newest cause last; messages only of errors that do not quote their input."""
    lines = []
    for link in _chain(error):
        frames = traceback.extract_tb(link.__traceback__)
        lines += [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        lines.append(f"{type(link).__module__}.{type(link).__name__}{_message(link)}")
    return "\n".join(lines)


def _chain(error: BaseException) -> list[BaseException]:
    links: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in links:
        links.insert(0, link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return links


def _message(error: BaseException) -> str:
    """The first line: in a database's second line stand the values of the row."""
    if not type(error).__module__.startswith(TELLING) and not isinstance(error, OF_CODE):
        return ""
    first = str(error).partition("\n")[0][:LIMIT]
    return f": {redact(first)}" if first else ""


def _renderer(form: Literal["console", "json"]) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
