"""Where log lines go and what they may hold: standard error, as lines for people or as JSON, without secrets and words.

Everything that logs, ours and the libraries', comes out here. Called once, by the command line.
"""

import logging
import re
import sys
import traceback
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor

from bot.redact import on_one_line, redact, redact_event

OURS = frozenset({"bot", "core", "storage"})
WORDS = frozenset({"text", "body", "content", "words", "caption", "question", "payload", "raw"})
"""Fields that could hold what people wrote. Nobody should log them; when somebody does, only their length is kept."""
TELLING = ("sqlite3", "asyncpg", "tortoise", "aiohttp", "storage", "socket", "ssl")
"""Whose errors say what is wrong with the machine."""
QUOTING = frozenset({"DataError", "ValidationError", "ValueError"})
"""Among them, those which quote the value that they could not take."""
OF_CODE = (OSError, AttributeError, NameError, ImportError)
"""Which of Python's own name files and code. Other messages may quote what was being read: those stay out."""
DETAILS = re.compile(r"""(?::\s|\s\(|["'<\[{]).*$""")
"""Of a message that was put together before we got it: where what is quoted begins."""
LIMIT = 300


def configure(form: Literal["console", "json"], *, quiet: bool = False) -> None:
    """`quiet`: warnings and worse only."""
    level = logging.WARNING if quiet else logging.INFO
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        plain_exception,
        without_words,
    ]
    structlog.configure(
        processors=[*shared, redact_event, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        # No caching: a logger made before this is called must not keep what it had.
        cache_logger_on_first_use=False,
    )
    handler = _ToStderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, without_details, redact_event],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(form)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    handler.addFilter(_is_worth_it)
    logging.captureWarnings(True)
    # A line that cannot be written is lost: the other way out would write all of it as it is.
    logging.raiseExceptions = False
    sys.excepthook = last_words


def _is_worth_it(record: logging.LogRecord) -> bool:
    """Of the libraries only what is wrong: a line for every request would hold addresses, with Telegram the token in
    them; what they say to debuggers holds everything. What is no HTTP at all is no fault of ours, and anybody can send
    as much of it as they like."""
    if record.name == "py.warnings":  # for developers; they quote what they warn of
        return False
    if record.exc_info and type(record.exc_info[1]).__module__ == "aiohttp.http_exceptions":
        return False
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] in OURS


class _ToStderr(logging.StreamHandler[TextIO]):
    """Wherever standard error is at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override] # logging's own last resort does the same
        return sys.stderr


def last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """For `sys.excepthook`: what the program dies of is told like everything else."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        structlog.get_logger("bot").critical("program.died", exc_info=(kind, error, trace))


def without_details(_logger: object, _method: str, event: EventDict) -> EventDict:
    """A structlog processor, for libraries: what they say happened, without what it happened with, which may be
    anything (an answer that was no JSON, a task and all it held). Frames and names of an error stand below anyway."""
    record = event["_record"]
    template = str(record.msg).partition("\n")[0]
    event["event"] = DETAILS.sub("", template)[:LIMIT] or type(record).__name__
    return event


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
    if _quotes(error):
        return ""
    first = str(error).partition("\n")[0][:LIMIT]
    return f": {on_one_line(redact(first))}" if first else ""


def _quotes(error: object) -> bool:
    """Whether the message may hold what was to be stored; Tortoise wraps the driver's own error."""
    if not isinstance(error, BaseException):
        return False
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & QUOTING) or any(_quotes(inner) for inner in error.args)


def _renderer(form: Literal["console", "json"]) -> Processor:
    if form == "json":
        return structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
