"""`make crash`: runs with their verdicts. Ends with 1 when anything was lost, done twice or out of order."""

import argparse
import asyncio
import contextlib
import secrets
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from core.messages import Ladder, MessageKind
from tests.crash.database import dump
from tests.crash.evidence import Evidence
from tests.crash.plan import Size, make_plan
from tests.crash.run import SPEED, Options, Told, run
from tests.crash.verify import Violation, verify
from tests.databases import clean_up, fresh_database

Engine = Literal["sqlite", "postgres"]
WORST = 25
"""Violations that are printed one by one."""


def main(arguments: Sequence[str]) -> int:
    given = _parser().parse_args(arguments)
    engines: Sequence[Engine] = ("sqlite", "postgres") if given.database == "both" else (given.database,)
    size, failed = Size(given.messages, given.replies, given.kills), False
    for engine in engines:
        folder = Path(tempfile.mkdtemp(prefix=f"dragoman-crash-{engine}-"))
        with _database(engine, folder) as url:
            good = asyncio.run(_one(Options(given.seed, engine, given.speed), size, folder, url, keep=given.keep))
        failed |= not good
        if good and not given.keep:
            shutil.rmtree(folder)
    return int(failed)


async def _one(options: Options, size: Size, folder: Path, url: str, *, keep: bool) -> bool:
    print(f"{options.database}: seed {options.seed}, {size}, in {folder}", flush=True)
    try:
        evidence, told = await run(make_plan(options.seed, size), options, folder, url)
    except BaseException:
        await dump(url, folder)
        raise
    broken = verify(evidence)
    print("\n".join(summary(options, evidence, told, broken)), flush=True)
    good = not broken and not told.troubles
    if keep or not good:
        await dump(url, folder)
        print(f"  database and logs are in {folder}")
    return good


def summary(options: Options, evidence: Evidence, told: Told, broken: Sequence[Violation]) -> Sequence[str]:
    replies = [m for kept in evidence.tickets for m in kept.messages if m.kind is MessageKind.REPLY]
    states = Counter(message.ladder for message in replies)
    marked = sum(post.marked for post in evidence.posts)
    doubts = {part.text for reply in replies for part in reply.parts if part.state is Ladder.UNCERTAIN}
    arrived = sum(text in doubts for phone in evidence.phones for text in phone.received)
    said = sum(len(phone.said) for phone in evidence.phones)
    parked = Counter(left.reason for left in evidence.left if left.state == "parked")
    return [
        f"  {said} messages of {len(evidence.phones)} customers in {len(evidence.tickets)} tickets,"
        f" {told.doubled} of their updates delivered again",
        f"  {len(evidence.typed)} replies: {', '.join(f'{n} {state}' for state, n in states.items())};"
        f" asked to look again {told.asked} times; lost by the chat platform {sum(t.given_up for t in evidence.typed)}",
        f"  {told.kills} kills, {told.lives} lives; {len(evidence.posts)} posts, {marked} marked as repeats;"
        f" {states[Ladder.UNCERTAIN]} replies in doubt, {arrived} of them arrived; parked {dict(parked) or 'nothing'}",
        f"  {told.seconds:.0f} s, seed {options.seed}: "
        + ("all is well" if not broken and not told.troubles else f"{len(broken)} VIOLATIONS"),
        *(f"  ! {each}" for each in broken[:WORST]),
        *(f"  ! {each}" for each in told.troubles),
    ]


@contextlib.contextmanager
def _database(engine: Engine, folder: Path) -> Iterator[str]:
    try:
        with fresh_database(engine, folder, folder, migrated=True) as url:
            yield url
    finally:
        clean_up(folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make crash ARGS=...", description=__doc__)
    whole = Size()
    parser.add_argument("--seed", type=int, default=secrets.randbelow(100_000))
    parser.add_argument("--messages", type=int, default=whole.messages)
    parser.add_argument("--replies", type=int, default=whole.replies)
    parser.add_argument("--kills", type=int, default=whole.kills)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--speed", type=float, default=SPEED, help="how much faster the run's clock goes")
    parser.add_argument("--keep", action="store_true", help="keep database and logs of a run that went well, too")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
