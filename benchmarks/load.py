"""The load, a process of its own: signed webhooks over plain sockets that stay open. Everything is made and signed
before the clock starts, and an answer is hardly read, so that the server is what is measured.

Two ways: as fast as so many connections carry it, or at a rate, however slow the answers are. At a rate, times count
from the instant a request was due, not from when a connection was free for it.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.deliveries import Delivery, deliveries, delivery
from benchmarks.processes import say, told

HEAD = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: facebookexternalua\r\nAccept: */*\r\n"
    "Accept-Encoding: deflate, gzip\r\nContent-Type: application/json\r\n"
    "X-Hub-Signature-256: {signature}\r\nContent-Length: {length}\r\n\r\n"
)
END = b"\r\n\r\n"
LENGTH = b"content-length: "


@dataclass(slots=True)
class Run:
    """What is sent, and what came of it. `begun`: when each was sent, or due; `took`: seconds until its answer."""

    requests: Sequence[bytes]
    begun: list[float]
    took: list[float]
    left: deque[int]
    answered: int = 0
    failed: int = 0
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, number: int, *, ok: bool) -> None:
        self.took[number] = time.monotonic() - self.begun[number]
        self.answered += 1
        self.failed += not ok
        if self.answered == len(self.requests):
            self.done.set()


class Connection(asyncio.Protocol):
    """One request at a time. `idle` is called when it has its answer."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._received = b""
        self._number = -1
        self._transport: asyncio.Transport | None = None
        self.next = self._nothing

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self, number: int) -> None:
        assert self._transport is not None
        self._number = number
        self._transport.write(self._run.requests[number])

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(END)
        if not end or len(body) < _length(head):
            return
        self._received = b""
        number, self._number = self._number, -1
        self._run.end(number, ok=head[9:12] == b"200")
        self.next(self)

    def connection_lost(self, reason: Exception | None) -> None:
        if self._number >= 0:
            self._run.end(self._number, ok=False)

    def close(self) -> None:
        assert self._transport is not None
        self._transport.close()

    @staticmethod
    def _nothing(connection: "Connection") -> None: ...


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(LENGTH)
    return int(rest.partition(b"\r\n")[0]) if found else 0


async def flood(run: Run, connections: Sequence[Connection]) -> None:
    """Every connection sends its next request as soon as it has its answer."""

    def go_on(connection: Connection) -> None:
        if run.left:
            number = run.left.popleft()
            run.begun[number] = time.monotonic()
            connection.send(number)

    for connection in connections:
        connection.next = go_on
        go_on(connection)
    await run.done.wait()


async def steadily(run: Run, connections: Sequence[Connection], rate: float) -> None:
    """`rate` requests a second; one that finds no free connection waits, and its time runs."""
    free, due, start = deque(connections), deque[int](), time.monotonic()

    def go_on(connection: Connection) -> None:
        if due:
            connection.send(due.popleft())
        else:
            free.append(connection)

    for connection in connections:
        connection.next = go_on
    for number in range(len(run.requests)):
        run.begun[number] = start + number / rate
        if (ahead := run.begun[number] - time.monotonic()) > 0:
            await asyncio.sleep(ahead)
        due.append(number)
        if free:
            go_on(free.popleft())
    await run.done.wait()


async def carry_out(job: dict[str, Any]) -> dict[str, Any]:
    """`port`, `path`, `connections`; `start` and `count` of the stream, or `customers` for one first message each;
    `rate` a second, else as fast as it goes."""
    if "customers" in job:
        sent = [delivery(job["start"] + number, customer) for number, customer in enumerate(job["customers"])]
    else:
        sent = list(deliveries(job["start"], job["count"]))
    requests = [_request(job, each) for each in sent]
    run = Run(requests, [0.0] * len(requests), [0.0] * len(requests), deque(range(len(requests))))
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(lambda: Connection(run), "127.0.0.1", job["port"]) for _ in range(_many(job))]
    connections = [connection for _, connection in made]
    wall, cpu = time.monotonic(), time.process_time()
    await (steadily(run, connections, job["rate"]) if job.get("rate") else flood(run, connections))
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    for connection in connections:
        connection.close()
    return {"seconds": wall, "cpu": cpu, "failed": run.failed, "begun": run.begun, "took": run.took}


def _many(job: dict[str, Any]) -> int:
    many: int = job.get("connections", 32)
    return many


def _request(job: dict[str, Any], it: Delivery) -> bytes:
    head = HEAD.format(path=job["path"], port=job["port"], signature=it.signature, length=len(it.body))
    return head.encode() + it.body


async def main() -> None:
    say(ready=True)
    async for job in told():
        say(**await carry_out(job))


if __name__ == "__main__":
    asyncio.run(main())
