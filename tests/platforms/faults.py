"""Faults that a simulated platform commits on demand: shared by the Slack and the Graph simulator.

A test says what goes wrong next, by the name of an API method or path:

    sim.faults.next("chat.postMessage", Fault.drop_after())
    sim.faults.next("POST */messages", Fault.rate_limited(30), times=2)

Names are `fnmatch` patterns. What a simulator sends out (events, webhooks) passes through `Outgoing`, which delivers
twice, late, or never. How an error looks on the wire is the simulator's business, not this module's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from fnmatch import fnmatchcase
from typing import Generic, TypeVar

from aiohttp import web

T = TypeVar("T")


class Kind(Enum):
    """What a fault does. The first eight strike a call, the last three a delivery."""

    RATE_LIMITED = auto()
    HTTP = auto()
    ERROR = auto()
    REVOKE = auto()
    DROP_BEFORE = auto()
    DROP_AFTER = auto()
    GATE_BEFORE = auto()
    GATE_AFTER = auto()
    TWICE = auto()
    LATE = auto()
    LOST = auto()


DELIVERY = frozenset({Kind.TWICE, Kind.LATE, Kind.LOST})


class Gate:
    """Holds a call. `await gate.reached()` waits until a call stands at it, `open()` lets every call through."""

    def __init__(self) -> None:
        self._reached = asyncio.Event()
        self._opened = asyncio.Event()

    async def reached(self, timeout: float = 5) -> None:
        """Wait (real seconds, a safety net only) until a call stands at the gate."""
        await asyncio.wait_for(self._reached.wait(), timeout)

    def open(self) -> None:
        self._opened.set()

    async def hold(self) -> None:
        """Called by `Faults`: stand here until the test opens the gate or the client goes away."""
        self._reached.set()
        await self._opened.wait()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong. `fields` are further members of the error's body, as the platform has them."""

    kind: Kind
    status: int = 200
    code: str | int = ""
    retry_after: int = 0
    fields: dict[str, object] = field(default_factory=dict)
    gate: Gate | None = None

    @classmethod
    def rate_limited(cls, retry_after: int = 30) -> "Fault":
        """429 with `Retry-After` in seconds; nothing is applied."""
        return cls(Kind.RATE_LIMITED, status=429, retry_after=retry_after)

    @classmethod
    def http(cls, status: int, text: str | None = None) -> "Fault":
        """A bare answer as a proxy in front of the platform gives, by itself or cut off; nothing is applied."""
        return cls(Kind.HTTP, status=status, fields={} if text is None else {"text": text})

    @classmethod
    def error(cls, code: str | int, status: int = 200, **fields: object) -> "Fault":
        """The platform's own error, e.g. `Fault.error("is_archived")` or `Fault.error(131047, status=400)`."""
        return cls(Kind.ERROR, status=status, code=code, fields=fields)

    @classmethod
    def revoke(cls) -> "Fault":
        """From this call on the token is dead; this call fails as well."""
        return cls(Kind.REVOKE)

    @classmethod
    def drop_before(cls) -> "Fault":
        """The connection drops and nothing was applied."""
        return cls(Kind.DROP_BEFORE)

    @classmethod
    def drop_after(cls) -> "Fault":
        """The effect is applied, then the connection drops without an answer."""
        return cls(Kind.DROP_AFTER)

    @classmethod
    def hang_before(cls, gate: Gate | None = None) -> "Fault":
        """No answer, and no effect, until the gate opens; without a gate: until the client gives up."""
        return cls(Kind.GATE_BEFORE, gate=gate or Gate())

    @classmethod
    def hang_after(cls, gate: Gate | None = None) -> "Fault":
        """The effect is applied at once, the answer waits for the gate; without one: the client times out."""
        return cls(Kind.GATE_AFTER, gate=gate or Gate())

    @classmethod
    def twice(cls) -> "Fault":
        """A delivery arrives twice."""
        return cls(Kind.TWICE)

    @classmethod
    def late(cls) -> "Fault":
        """A delivery arrives after the one that follows it."""
        return cls(Kind.LATE)

    @classmethod
    def lost(cls) -> "Fault":
        """A delivery never arrives."""
        return cls(Kind.LOST)


@dataclass(slots=True)
class _Plan:
    pattern: str
    fault: Fault
    skip: int
    left: int | None


class Faults:
    """The faults that are still to happen, in the order they were asked for."""

    def __init__(self) -> None:
        self._plans: list[_Plan] = []

    def next(self, name: str, fault: Fault, times: int = 1, skip: int = 0) -> Fault:
        """Let the next `times` calls that match `name` fail, after `skip` that succeed. Returns the fault."""
        self._plans.append(_Plan(name, fault, skip, times))
        return fault

    def always(self, name: str, fault: Fault) -> Fault:
        """Let every matching call fail until `clear`."""
        self._plans.append(_Plan(name, fault, 0, None))
        return fault

    def clear(self, name: str | None = None) -> None:
        """Forget the faults asked for under exactly this name; without one: all of them."""
        self._plans = [plan for plan in self._plans if name is not None and plan.pattern != name]

    def take(self, name: str, *, delivery: bool = False) -> Fault | None:
        """The fault that strikes this call (or delivery) now, used up by the asking. For simulators."""
        for plan in self._plans:
            if (plan.fault.kind in DELIVERY) is not delivery or not fnmatchcase(name, plan.pattern):
                continue
            if plan.skip > 0:
                plan.skip -= 1
                return None
            if plan.left is not None:
                plan.left -= 1
                if plan.left <= 0:
                    self._plans.remove(plan)
            return plan.fault
        return None

    async def around(
        self,
        name: str,
        request: web.Request,
        apply: Callable[[], Awaitable[web.StreamResponse]],
        refuse: Callable[[Fault], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Run one API call under its fault. `refuse` renders RATE_LIMITED, ERROR and REVOKE in the platform's words."""
        fault = self.take(name)
        if fault is None:
            return await apply()
        match fault.kind:
            case Kind.RATE_LIMITED | Kind.ERROR | Kind.REVOKE:
                return await refuse(fault)
            case Kind.HTTP:
                return web.Response(
                    status=fault.status,
                    text=str(fault.fields.get("text", f"{fault.status} from upstream")),
                    content_type="text/html",
                )
            case Kind.DROP_BEFORE:
                return drop(request)
            case Kind.DROP_AFTER:
                await apply()
                return drop(request)
            case Kind.GATE_BEFORE:
                await _gate(fault).hold()
                return await apply()
            case Kind.GATE_AFTER:
                response = await apply()
                await _gate(fault).hold()
                return response
            case _:
                raise AssertionError(f"{fault.kind} strikes deliveries, not calls")


def _gate(fault: Fault) -> Gate:
    assert fault.gate is not None
    return fault.gate


def drop(request: web.Request) -> web.Response:
    """Cut the client's connection without an answer; the response returned is never sent."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


class Outgoing(Generic[T]):
    """What a simulator sends out: decides how often and in which order items leave."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._held: list[T] = []

    def plan(self, name: str, item: T) -> list[T]:
        """The items to deliver now, in order: usually just this one."""
        fault = self._faults.take(name, delivery=True)
        match fault.kind if fault else None:
            case Kind.LOST:
                return []
            case Kind.LATE:
                self._held.append(item)
                return []
            case Kind.TWICE:
                return [item, item, *self.flush()]
            case _:
                return [item, *self.flush()]

    def flush(self) -> list[T]:
        """The items that were held back and are now due."""
        held, self._held = self._held, []
        return held
