"""/health for whoever restarts us, /metrics for Prometheus. Both tell what is so at this moment and keep nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from bot.web.keys import PARTS
from bot.web.parts import Parts
from storage.queries.watch import Backlog

STALE = timedelta(minutes=2)
"""A worker that has not gone round for so long is stuck."""


def add_routes(router: web.UrlDispatcher) -> None:
    router.add_get("/health", health)
    router.add_get("/metrics", metrics)


async def health(request: web.Request) -> web.Response:
    """200 when the store answers and every worker lives, else 503. Ages in seconds."""
    parts = request.app[PARTS]
    now = parts.clock.now()
    workers = {name: _alive(parts, name, now) for name in sorted(parts.workers.beats)}
    report: dict[str, Any] = {"store": False, "workers": workers}
    try:
        backlog = await parts.store.backlog(now)
    except Exception:
        return web.json_response({"ok": False, **report}, status=503)
    report |= {
        "store": True,
        "raw_oldest": _age(backlog.raw_oldest, now),
        "jobs_oldest": _age(backlog.jobs_oldest, now),
        "parked": backlog.parked,
        "uncertain": backlog.uncertain,
    }
    ok = all(workers.values())
    return web.json_response({"ok": ok, **report}, status=200 if ok else 503)


async def metrics(request: web.Request) -> web.Response:
    parts = request.app[PARTS]
    now = parts.clock.now()
    backlog = await parts.store.backlog(now)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Now(parts, backlog, now))
    return web.Response(body=generate_latest(registry), headers={"Content-Type": "text/plain; version=0.0.4"})


class _Now:
    """What a scrape sees: read from the database, so that every process tells the same."""

    def __init__(self, parts: Parts, backlog: Backlog, now: datetime) -> None:
        self._parts, self._backlog, self._now = parts, backlog, now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        it = self._backlog
        yield _gauge("dragoman_raw_waiting", "Deliveries waiting to be worked on", it.raw_waiting)
        yield _gauge("dragoman_raw_oldest_seconds", "Age of the oldest of them", _age(it.raw_oldest, self._now) or 0)
        yield _gauge("dragoman_jobs_due", "Jobs that are due", it.jobs_due)
        yield _gauge("dragoman_jobs_oldest_seconds", "Age of the oldest of them", _age(it.jobs_oldest, self._now) or 0)
        yield _gauge("dragoman_parked", "Deliveries and jobs that failed for good", it.parked)
        yield _gauge("dragoman_uncertain", "Jobs of which nobody knows whether they took effect", it.uncertain)
        alive = GaugeMetricFamily("dragoman_worker_alive", "Whether a worker goes round", labels=["worker"])
        for name in sorted(self._parts.workers.beats):
            alive.add_metric([name], float(_alive(self._parts, name, self._now)))
        yield alive


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)


def _alive(parts: Parts, name: str, now: datetime) -> bool:
    return now - parts.workers.beats[name] < STALE


def _age(oldest: datetime | None, now: datetime) -> float | None:
    return None if oldest is None else max(0.0, (now - oldest).total_seconds())
