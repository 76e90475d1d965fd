"""Promises that no roster can keep, when, and what would cure each: `core.coverage` for the page."""

from collections.abc import Hashable, Iterable

from bot import moments
from bot.web.render import Json, at
from bot.web.timing.view import View, row_json
from core.coverage import Gap, Report
from core.say import WeekTimes, WorkTime

SHOWN = 60
"""Of many, which are mostly the same ones again for other customers."""


def gaps_json(report: Report, view: View) -> Json:
    together = gaps_of(report, view)
    return {
        "checked": report.checked,
        "gaps": [_gap(same, view) for same in together[:SHOWN]],
        "more": max(len(together) - SHOWN, 0),
        "unstaffed": [view.policy.queue(name).title for name in report.unstaffed if name in view.queues],
    }


def gaps_of(report: Report, view: View) -> list[list[Gap]]:
    """Those in the viewer's queues, the worst first; what several rules and queues have alike together. Of a queue
    where nobody ever works it is enough to say so."""
    staffed = set(view.queues).difference(report.unstaffed)
    return _together(gap for gap in report.gaps if gap.queue in staffed)


def _gap(same: list[Gap], view: View) -> Json:
    """One, of as many rules and queues as have it alike."""
    gap = same[0]
    return {
        "rows": [row_json(row, view.policy.targets[row], view) for row in _rows(same)],
        "kind": gap.kind,
        "queues": [view.policy.queue(queue).title for queue in dict.fromkeys(each.queue for each in same)],
        "country": gap.region.country,
        "zone": gap.region.zone,
        "city": view.city(gap.region.zone),
        "team": gap.zone,
        "team_city": view.city(gap.zone),
        "allowed": view.amount(gap.allowed),
        "whose": view.policy.targets[gap.row].whose,
        "open_share": gap.open_share,
        "share": gap.share,
        "windows": [{"theirs": _week(it.theirs, view), "ours": _week(it.ours, view)} for it in gap.windows],
        "once": [{"from": at(start), "to": at(end)} for start, end in gap.once],
        "shifts": [_week(it, view) for it in gap.cure.shifts],
        "target": view.say("timing.amount", amount=WorkTime(gap.cure.target)) if gap.cure.target else "",
        "in_team_hours": gap.cure.team,
    }


def _together(gaps: Iterable[Gap]) -> list[list[Gap]]:
    """First what differs in the rule alone, then what differs in the queue alone."""
    of_queue: dict[Hashable, list[Gap]] = {}
    for gap in gaps:
        of_queue.setdefault((_alike(gap), gap.queue), []).append(gap)
    found: dict[Hashable, list[Gap]] = {}
    for same in of_queue.values():
        found.setdefault((_alike(same[0]), _rows(same)), []).extend(same)
    return list(found.values())


def _alike(gap: Gap) -> Hashable:
    return gap.kind, gap.allowed, gap.region, gap.zone, gap.open_share, gap.windows, gap.once, gap.cure


def _rows(same: Iterable[Gap]) -> tuple[int, ...]:
    return tuple(sorted({gap.row for gap in same}))


def _week(it: WeekTimes, view: View) -> str:
    return moments.week_times(view.reader.locale, it)
