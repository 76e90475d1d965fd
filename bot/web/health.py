"""/health for whoever watches or restarts us, /metrics for Prometheus. What they tell is found out in `pulse`."""

from collections.abc import Iterable, Iterator

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from bot.web.keys import PARTS
from bot.web.parts import Parts
from bot.web.pulse import Pulse, Vitals

PULSE: web.AppKey[Pulse] = web.AppKey("pulse", Pulse)


def add_health(app: web.Application) -> None:
    """Adds both addresses to an application that has its parts."""
    app[PULSE] = Pulse(app[PARTS])
    app.router.add_get("/health", health)
    app.router.add_get("/metrics", metrics)


def alone(parts: Parts) -> web.Application:
    """An application with nothing else: a worker's."""
    app = web.Application()
    app[PARTS] = parts
    add_health(app)
    return app


async def health(request: web.Request) -> web.Response:
    """200 when the database can be written and every worker goes round, else 503. Ages in seconds."""
    it = await request.app[PULSE].feel()
    report = {
        "ok": not it.failing,
        "failing": it.failing,
        "degraded": it.degraded,
        "store": it.writable,
        "workers": it.workers,
        "desks": it.desks,
    }
    if it.backlog is not None:
        report |= {
            "raw_oldest": it.age(it.backlog.raw_oldest),
            "jobs_oldest": it.age(it.backlog.jobs_oldest),
            "parked": it.backlog.parked,
            "uncertain": it.backlog.uncertain,
        }
    return web.json_response(report, status=503 if it.failing else 200)


async def metrics(request: web.Request) -> web.Response:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Now(await request.app[PULSE].feel()))
    return web.Response(body=generate_latest(registry), headers={"Content-Type": "text/plain; version=0.0.4"})


class _Now:
    """What a scrape sees. The backlog is read from the database, so that every process tells the same; it is left out
    while nobody can say."""

    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    def collect(self) -> Iterator[GaugeMetricFamily]:
        it = self._vitals
        yield _gauge("dragoman_store_writable", "Whether the database can be written", it.writable)
        yield _gauge("dragoman_files_writable", "Whether attachments can be stored", not it.files)
        yield from self._backlog()
        yield _gauges("dragoman_worker_alive", "Whether a worker goes round", "worker", it.workers.items())
        yield _gauges(
            "dragoman_desk_heard", "Whether what the team does on a desk reaches us", "desk", it.desks.items()
        )

    def _backlog(self) -> Iterator[GaugeMetricFamily]:
        backlog = self._vitals.backlog
        if backlog is None:
            return
        age = self._vitals.age
        yield _gauge("dragoman_raw_waiting", "Deliveries waiting to be worked on", backlog.raw_waiting)
        yield _gauge("dragoman_raw_oldest_seconds", "Age of the oldest of them", age(backlog.raw_oldest) or 0)
        yield _gauge("dragoman_jobs_due", "Jobs that are due", backlog.jobs_due)
        yield _gauge("dragoman_jobs_oldest_seconds", "Age of the oldest of them", age(backlog.jobs_oldest) or 0)
        yield _gauge("dragoman_parked", "Deliveries and jobs that failed for good", backlog.parked)
        yield _gauge("dragoman_uncertain", "Jobs of which nobody knows whether they took effect", backlog.uncertain)


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, about, value=value)


def _gauges(name: str, about: str, label: str, values: Iterable[tuple[str, bool]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=[label])
    for each, value in values:
        family.add_metric([each], float(value))
    return family
