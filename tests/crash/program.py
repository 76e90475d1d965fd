"""The program as a process of its own, on the run's clock and with its own rate limits stretched: `dragoman run`, `web`
or `worker` in all else. Called as `python -m tests.crash.program <role> <dragoman.toml> <rates> <clock>`."""

import asyncio
import sys
from pathlib import Path

from bot.config.loading import load
from bot.logs import configure
from bot.process import ROLES, WEB, WORKER
from bot.serve import serve
from tests.crash.clock import Beat

OF = {"run": ROLES, "web": frozenset({WEB}), "worker": frozenset({WORKER})}


def main(role: str, config: str, rates: str, clock: str) -> None:
    settings = load(Path(config), {})
    configure(settings.dragoman.log_format)
    asyncio.run(serve(settings, OF[role], clock=Beat.unpacked(clock).clock(), rate_scale=float(rates)))


if __name__ == "__main__":
    main(*sys.argv[1:])
