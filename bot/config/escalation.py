"""[[escalation]] of dragoman.toml: chains of steps, and what is shipped."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches
from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from bot.config.problems import Problem, near
from bot.config.table import Table
from bot.config.values import Name, Share, Step, StepTime, complaint, email, parse_step
from core.chains import AUDIENCES, Chain, Deed, EarlyWarning, Hand, Level
from core.ids import QueueName
from core.model import Priority
from core.targets import DEFAULT_CHAIN

ONLY_LEVEL_WAITS = timedelta(minutes=30)

Rows = Sequence[Mapping[str, Any]]


def _audience(text: str) -> str:
    if text in AUDIENCES:
        return text
    if "@" in text:
        return email(text)
    allowed = ", ".join((*AUDIENCES, "somebody@example.com"))
    if found := get_close_matches(text.lower(), AUDIENCES, n=1):
        raise complaint("not_one_of_near", allowed=allowed, near=found[0])
    raise complaint("not_one_of", allowed=allowed)


class Escalation(Table):
    """Who is told at a share of the target, and at what time after it when nobody acknowledged; and what it changes.

    Without any row of the chain `default`: the assignee at 75 % and 90 %, the supervisors at 100 %, the admins 30
    minutes later.
    """

    chain: Name = DEFAULT_CHAIN
    """Which chain the step belongs to; [[targets]] name theirs."""
    at: StepTime
    """A share up to 100 %, in the hours that count; or a time after it, by the clock on the wall."""
    tell: Annotated[tuple[Annotated[str, AfterValidator(_audience)], ...], Field(min_length=1)]
    """`assignee` (off shift, away or nobody: those on shift), `backup` (the assignee's substitute), `queue` (those on
    shift), `oncall`, `supervisors`, `admins`, or somebody's e-mail address. Where nobody is there: the supervisors,
    else the admins."""
    priority: Priority | None = None
    """The ticket has at least this one from then on."""
    assign: Hand | None = None
    """`backup`: the ticket goes to its owner's substitute, else it is nobody's; `nobody`."""
    queue: Name | None = None
    """The ticket moves there."""
    until_ack: bool = False
    """They are told again every `[sla] ping_again`, six times at most, until somebody acknowledges. From 100 % on."""


ESCALATION = (
    Escalation(at=Share(75), tell=("assignee",)),
    Escalation(at=Share(90), tell=("assignee",)),
    Escalation(at=Share(100), tell=("supervisors",)),
    Escalation(at=timedelta(minutes=30), tell=("admins",)),
)
"""The chain `default` when dragoman.toml has no step of it."""


def chains_of(rows: Iterable[Escalation], again: timedelta) -> Mapping[str, Chain]:
    by_name: defaultdict[str, list[Escalation]] = defaultdict(list)
    for row in rows:
        by_name[row.chain].append(row)
    return {name: _chain(steps, again) for name, steps in {DEFAULT_CHAIN: ESCALATION, **by_name}.items()}


def _chain(steps: Sequence[Escalation], again: timedelta) -> Chain:
    """Shares below 100 % warn; the breach and the times after it are levels, each waiting until the next one's time.

    The last level has the time of the one before it to acknowledge.
    """
    shares = sorted(((step.at.percent, step) for step in steps if isinstance(step.at, Share)), key=lambda one: one[0])
    warnings = tuple(EarlyWarning(percent / 100, it.tell, _deed(it)) for percent, it in shares if percent < 100)
    breach = [(timedelta(), step) for percent, step in shares if percent == 100]
    later = sorted(((step.at, step) for step in steps if isinstance(step.at, timedelta)), key=lambda one: one[0])
    levels = breach + later
    waits = [after[0] - before[0] for before, after in pairwise(levels)]
    waits += waits[-1:] or [ONLY_LEVEL_WAITS] * len(levels)
    pairs = zip(levels, waits, strict=True)
    return Chain(
        warnings,
        tuple(Level(it.tell, wait, _deed(it), again if it.until_ack else None) for (_, it), wait in pairs),
    )


def _deed(step: Escalation) -> Deed:
    return Deed(step.priority, step.assign, QueueName(step.queue) if step.queue else None)


def check(rows: Rows, targets: Rows) -> Iterator[Problem]:
    """What no single row can know; nothing is validated yet."""
    yield from _steps(rows)
    yield from _known_chain(rows, targets)


def _steps(rows: Rows) -> Iterator[Problem]:
    """In a chain times must differ, and a time after the target needs a first level, at 100 %, to come after."""
    seen: dict[tuple[str, Step], int] = {}
    times = [(str(row.get("chain", DEFAULT_CHAIN)), _step(row)) for row in rows]
    for index, (chain, at) in enumerate(times):
        row, path = rows[index], f"escalation[{index}]"
        if at is not None and seen.setdefault((chain, at), index) != index:
            params = {"given": str(row["at"]), "other": f"escalation[{seen[chain, at]}]"}
            yield Problem(f"{path}.at", "config.taken", params)
        if isinstance(at, timedelta) and (chain, Share(100)) not in times:
            yield Problem(f"{path}.at", "config.no_first_level")
        if row.get("until_ack") is True and isinstance(at, Share) and at.percent < 100:
            yield Problem(f"{path}.until_ack", "config.nothing_to_ack")
        if row.get("queue") and row.get("assign"):
            yield Problem(f"{path}.assign", "config.queue_is_nobodys")


def _step(row: Mapping[str, Any]) -> Step | None:
    try:
        return parse_step(row.get("at"))
    except PydanticCustomError:
        return None


def _known_chain(rows: Rows, targets: Rows) -> Iterator[Problem]:
    chains = {DEFAULT_CHAIN, *(row["chain"] for row in rows if isinstance(row.get("chain"), str))}
    for index, row in enumerate(targets):
        chain = row.get("chain")
        if isinstance(chain, str) and chain not in chains:
            yield near(f"targets[{index}].chain", "config.unknown_chain", chain, sorted(chains), given=chain)
