"""What `dragoman doctor` learns in the same way of every inbox behind the Graph API: clocks, tokens, addresses."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.http import Reply, clock_skew
from core.ports import Clock, Finding
from core.say import say

SOON = timedelta(days=14)
"""A token that ends within this time is worth a word."""
SKEW = timedelta(minutes=2)


def clocks(inbox: str, reply: Reply, clock: Clock) -> Sequence[Finding]:
    """Nothing when ours and Meta's agree, or Meta did not say."""
    skew = clock_skew(reply.headers, clock.now())
    if skew is None or abs(skew) <= SKEW:
        return []
    return [Finding(False, say("doctor.meta.clock", inbox=inbox, skew=abs(skew)), say("doctor.meta.clock_cure"))]


def version(inbox: str, reply: Reply, asked: str) -> Sequence[Finding]:
    """Nothing when Graph answered in the version we asked for, or did not say. Calls of a version that was retired are
    answered in the oldest that lives, which may mean something else by them."""
    given = reply.headers.get("facebook-api-version", "")
    if given in ("", asked):
        return []
    what = say("doctor.meta.version", inbox=inbox, asked=asked, given=given[:20])
    return [Finding(False, what, say("doctor.meta.version_cure"))]


def token(inbox: str, data: Any, needed: Collection[str], clock: Clock) -> Sequence[Finding]:
    """`data`: what debug_token says; `needed`: the permissions without which we cannot work."""
    if not isinstance(data, dict) or data.get("is_valid") is not True:
        return [Finding(False, say("doctor.meta.token_bad", inbox=inbox), say("doctor.meta.token_cure"))]
    scopes = data.get("scopes")
    missing = set(needed) - set(scopes if isinstance(scopes, list) else [])
    findings = [_expiry(inbox, data.get("expires_at"), clock)]
    if missing:
        what = say("doctor.meta.scopes", inbox=inbox, missing=", ".join(sorted(missing)))
        findings.append(Finding(False, what, say("doctor.meta.scopes_cure", needed=", ".join(sorted(needed)))))
    return findings


def _expiry(inbox: str, expires: Any, clock: Clock) -> Finding:
    """0 is never."""
    if not isinstance(expires, int) or expires <= 0:
        return Finding(True, say("doctor.meta.token", inbox=inbox))
    ends = datetime.fromtimestamp(expires, UTC)
    what = say("doctor.meta.token_until", inbox=inbox, until=ends)
    return Finding(True, what) if ends - clock.now() > SOON else Finding(False, what, say("doctor.meta.token_cure"))


def address(inbox: str, counts: str, hook_url: str) -> Finding:
    """Where Meta delivers (`counts`; empty: nowhere), and whether that is us. An app has one address for all of its
    numbers or Pages, so it may be another inbox's: intake finds whose a delivery is."""
    cure = say("doctor.meta.hook_cure", url=hook_url or f"/hooks/{inbox}")
    if not counts:
        return Finding(False, say("doctor.meta.no_hook", inbox=inbox), cure)
    if hook_url and counts.rstrip("/") != hook_url and counts.rpartition("/")[0] == hook_url.rpartition("/")[0]:
        return Finding(True, say("doctor.meta.hook_shared", inbox=inbox, url=counts))
    if hook_url and counts.rstrip("/") != hook_url.rstrip("/"):
        return Finding(False, say("doctor.meta.hook_elsewhere", inbox=inbox, url=counts), cure)
    return Finding(True, say("doctor.meta.hook", inbox=inbox, url=counts))
