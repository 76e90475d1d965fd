"""When a story is settled: every worker sleeps, nothing is in hand, and nothing is on its way in the simulators.

The wait is event-driven; no test sleeps.
"""

import asyncio
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from bot.process import App
from tests.clock import StoryClock
from tests.stories.agents import Team

PATIENCE = 10.0
"""Real seconds until `settled` gives up: a safety net, never a measured time."""


@dataclass(frozen=True, slots=True)
class House:
    """What may be at work. `app` gives None while the program does not run: it may die while this is waited for."""

    clock: StoryClock
    teams: Collection[Team]
    app: Callable[[], App | None]

    async def settled(self) -> None:
        """Until nothing more happens by itself at this moment."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not self._quiet():
                    await self._changed()
        except TimeoutError:
            dump = "\n".join(team.dump() for team in self.teams)
            raise AssertionError(f"it never settled: {list(self._unrest())}\n{dump}") from None

    async def _changed(self) -> None:
        """Wait until a worker falls asleep, something in hand ends, or a platform moves."""
        changes = [self.clock.change(), *(team.change() for team in self.teams)]
        moves = [asyncio.create_task(change) for change in changes]
        hands = [task for task in asyncio.all_tasks() if _is_hand(task)]
        await asyncio.sleep(0)  # they begin to listen
        try:
            if not self._quiet():
                await asyncio.wait([*moves, *hands], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for move in moves:
                move.cancel()

    def _quiet(self) -> bool:
        return next(self._unrest(), None) is None

    def _unrest(self) -> Iterator[str]:
        """What still goes on."""
        for team in self.teams:
            yield from team.unrest()
        tasks = asyncio.all_tasks()
        hands = [task.get_name() for task in tasks if _is_hand(task)]
        yield from (name for name in hands if not self.clock.asleep([name]))
        app = self.app()
        if app is not None and app.started.is_set():
            names = {task.get_name() for task in tasks}
            running = [name for name in app.workers if name in names]
            yield from (f"worker {name}" for name in running if not self.clock.asleep([name]))
            yield from (f"woken: {name}" for name in running if app.workers[name].wake.is_set())


def _is_hand(task: "asyncio.Task[object]") -> bool:
    """A job, an act or a report of the Graph simulator on its way."""
    coroutine = getattr(task.get_coro(), "__qualname__", "")
    return task.get_name().startswith(("job-", "act-")) or coroutine.endswith("._follow_up")
