"""What is promised to whom, and what follows when it goes wrong: the policy in words."""

from collections.abc import Iterator
from datetime import timedelta

from bot import i18n
from bot.web.render import NAME, Json
from bot.web.timing.view import View, name_json, row_json
from core.chains import AUDIENCES, REPEATS, Chain, Deed, Level
from core.quiet import Quiet
from core.targets import Target
from core.words import one_line

SHOWN = 400
"""Words of a list of triggers."""


def rules_json(view: View) -> Json:
    policy = view.policy
    shown = [(number, row) for number, row in enumerate(policy.targets) if row.queue in (None, *view.queues)]
    return {
        "rows": [_row(number, row, view) for number, row in shown],
        "raising": [one_line(tag, NAME) for tag in policy.raising_tags],
        "chains": [{"name": name, "steps": list(_steps(chain, view))} for name, chain in sorted(policy.chains.items())],
        "triggers": [
            {
                "kind": rule.kind,
                "name": _kind(rule.kind, view),
                "count": len(rule.words),
                "words": [one_line(word, NAME) for word in rule.words[:SHOWN]],
                "tags": sorted(rule.tags),
                "level": rule.level,
            }
            for rule in policy.triggers.rules
        ],
        "house": list(_house(view)),
    }


def _row(number: int, row: Target, view: View) -> Json:
    return {
        **row_json(number, row, view),
        "first_reply": view.amount(row.first_reply),
        "closed_first_reply": view.amount(row.closed_first_reply),
        "next_reply": view.amount(row.next_reply),
        "resolve": view.amount(row.resolve),
        "whose": row.whose,
        "chain": row.chain,
    }


def _kind(kind: str, view: View) -> str:
    """What the house itself has made up goes by its own name."""
    known = i18n.has(view.reader.locale, f"timing.trigger_{kind}")
    return view.say(f"timing.trigger_{kind}") if known else one_line(kind, NAME)


def _steps(chain: Chain, view: View) -> Iterator[Json]:
    """In their order: warnings, levels, and when it is said that nobody came."""
    for warning in chain.warnings:
        yield _step(view.say("timing.share", share=warning.id), warning.tell, warning.deed, view)
    passed = timedelta()
    for number, level in enumerate(chain.levels, 1):
        yield {**_step(_after(passed, view), level.tell, level.deed, view, level), "level": number}
        passed += chain.time_to_ack(number)
    if chain.levels:
        yield {"when": _after(passed, view), "tell": [view.say("timing.nobody_came")], "deeds": [], "level": 0}


def _step(when: str, tell: tuple[str, ...], deed: Deed, view: View, level: Level | None = None) -> Json:
    deeds = []
    if deed.priority is not None:
        deeds.append(view.say(f"timing.deed_priority_{deed.priority}"))
    if deed.queue is not None:
        deeds.append(view.say("timing.deed_queue", queue=view.policy.queue(deed.queue).title))
    if deed.assign is not None:
        deeds.append(view.say(f"timing.deed_{deed.assign}"))
    if level is not None and level.again is not None:
        deeds.append(view.say("timing.deed_again", span=level.again, n=REPEATS))
    return {"when": when, "tell": [_whom(word, view) for word in tell], "deeds": deeds, "level": 0}


def _after(passed: timedelta, view: View) -> str:
    return view.say("timing.after", span=passed) if passed else view.say("timing.breach")


def _whom(word: str, view: View) -> str:
    """One of the words for several, or somebody by their address; who is nobody here is shown by it."""
    if word in AUDIENCES:
        return view.say(f"timing.tell_{word}")
    person = view.staffing.roster.by_email(word)
    return word if person is None else name_json(person)


def _house(view: View) -> Iterator[Json]:
    """What holds for all of them."""
    policy = view.policy
    yield _fact("consult", view.say("timing.consult", span=view.amount(policy.consult)))
    yield _fact("away", view.say(f"timing.away_{policy.owner_away}", span=policy.away_after))
    yield _fact("acknowledge", view.say("timing.on" if policy.promises.acknowledge else "timing.off"))
    yield _fact("soothe", view.say("timing.on" if policy.promises.soothe else "timing.off"))
    yield _fact("quiet", view.say("timing.never") if policy.quiet is None else _quiet(policy.quiet, view))


def _quiet(quiet: Quiet, view: View) -> str:
    begin, end, digest = (f"{at:%H:%M}" for at in (quiet.begin, quiet.end, quiet.digest))
    key = "timing.quiet_weekends" if quiet.weekends else "timing.quiet"
    return view.say(key, begin=begin, end=end, digest=digest)


def _fact(name: str, words: str) -> Json:
    return {"name": name, "words": words}
