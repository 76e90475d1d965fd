"""Slack, a process of its own: the tests' simulator, and an agent who types commands there. All instants are those of
the machine's monotonic clock, which every process shares."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from benchmarks.deliveries import MARK
from benchmarks.house import CHANNEL
from benchmarks.processes import say, told
from tests.platforms.slack import SlackSim
from tests.platforms.slack.state import Call

AGENT = "Mei"
PATIENCE = 300.0
"""Seconds until what is awaited must have come."""
ANSWERS = ("chat.postMessage", "chat.postEphemeral")


class SlackSide:
    def __init__(self, slack: SlackSim) -> None:
        self._slack = slack
        self._room = slack.channel(CHANNEL)
        self._agent = slack.person(AGENT)
        self._typed: Counter[str] = Counter()
        self._since_start = time.time() - time.monotonic()

    @property
    def ready(self) -> Mapping[str, Any]:
        slack = {"slack": self._slack.api_url, "bot_token": self._slack.bot_token, "app_token": self._slack.app_token}
        return {"slack": slack, "agent": self._agent.id}

    async def carry_out(self, job: Mapping[str, Any]) -> Mapping[str, Any]:
        match job["do"]:
            case "connected":
                await self._slack.until(lambda: self._slack.outbox.connections, "a connection", PATIENCE)
                return {}
            case "limits":
                self._slack.set_limits(job["factor"])
                return {}
            case "posts":
                return await self._posts(job["serials"])
            case "types":
                return await self._types(job["command"], job["n"])
            case unknown:
                raise ValueError(unknown)

    async def _posts(self, serials: list[int]) -> Mapping[str, Any]:
        """When the words of each customer's message stood in a thread."""
        wanted = {str(serial) for serial in serials}

        def posted() -> Mapping[str, float]:
            found: dict[str, float] = {}
            for call in self._slack.calls("chat.postMessage"):
                if call.ok and call.args.get("thread_ts"):
                    for serial in re.findall(rf"{MARK}(\d+)", str(call.args)):
                        found.setdefault(serial, call.at - self._since_start)
            return found

        await self._slack.until(lambda: wanted <= posted().keys(), "the posts", PATIENCE)
        return {"at": [posted()[str(serial)] for serial in serials]}

    async def _types(self, command: str, n: int) -> Mapping[str, Any]:
        """The agent types the command in `n` threads that had none of it yet, one after the other. How long until its
        answer was shown there, and how many calls of the API that took, that of the answer among them."""
        took, calls = [], []
        for _ in range(n):
            thread = self._room.threads[self._typed[command]]
            self._typed[command] += 1
            await self._slack.settled()
            before, begun = len(self._slack.calls()), time.monotonic()
            await self._agent.types(command, thread)
            answered = partial(self._answer, before, thread.ts)
            number, answer = await self._slack.until(answered, f"an answer to {command}", PATIENCE)
            took.append(answer.at - self._since_start - begun)
            calls.append(number)
        return {"took": took, "calls": calls}

    def _answer(self, since: int, thread: str) -> tuple[int, Call]:
        for number, call in enumerate(self._slack.calls()[since:], 1):
            if call.method in ANSWERS and call.ok and call.args.get("thread_ts") == thread:
                return number, call
        raise LookupError


async def main() -> None:
    async with await SlackSim.start(clock=lambda: datetime.now(UTC)) as slack:
        side = SlackSide(slack)
        say(ready=side.ready)
        async for job in told():
            say(**await side.carry_out(job))


if __name__ == "__main__":
    asyncio.run(main())
