"""What `dragoman doctor` learns about a WhatsApp number: token, number, quality, webhook, app, clocks. Changes
nothing."""

from collections.abc import Callable, Sequence
from typing import Any

from bot.channels import meta_doctor
from bot.channels.meta import Graph, Json
from bot.channels.payload import text_of
from core.errors import SendError
from core.ids import InboxName
from core.ports import Clock, Finding
from core.say import Word, say

SCOPES = frozenset({"whatsapp_business_messaging", "whatsapp_business_management"})
FIELDS = "display_phone_number,verified_name,quality_rating,status,webhook_configuration"
WORKS = frozenset({"CONNECTED", "FLAGGED", "UNKNOWN"})
"""States of a number in which it sends; flagged, its quality is low."""
HOOK_LEVELS = ("phone_number", "whatsapp_business_account", "application")


async def examine(
    inbox: InboxName, graph: Graph, phone_number_id: str, hook_url: str, clock: Clock, as_app: Callable[[str], Graph]
) -> Sequence[Finding]:
    """Never raises: what went wrong is a finding, and what depends on it is left out. `as_app`: speaks for the app of
    that id with our app_secret."""
    name = str(inbox)
    try:
        number, reply = await graph.get(phone_number_id, fields=FIELDS)
    except SendError as error:
        cure = say("doctor.whatsapp.number_cure", inbox=name)
        return [Finding(False, say("doctor.whatsapp.unreadable", inbox=name, reason=Word(error.key)), cure)]
    findings = [
        Finding(True, say("doctor.whatsapp.number", inbox=name, number=_shown(number))),
        *_state(name, number),
        _quality(name, number),
        _address(name, number, hook_url),
        *meta_doctor.clocks(name, reply, clock),
        *meta_doctor.version(name, reply, graph.version),
    ]
    try:
        data = (await graph.check_token()).get("data")
        findings += meta_doctor.token(name, data, SCOPES, clock)
        findings += [await _subscribed(name, graph, account) for account in _accounts(data)]
        findings += await _secret(name, text_of(data, "app_id", 60), as_app)
    except SendError as error:
        findings.append(Finding(False, say("doctor.meta.token_unknown", inbox=name, reason=Word(error.key))))
    return findings


def _shown(number: Json) -> str:
    return f"{number.get('display_phone_number', '?')} ({number.get('verified_name', '?')})"


def _state(inbox: str, number: Json) -> Sequence[Finding]:
    state = text_of(number, "status", 60) or "UNKNOWN"
    if state in WORKS:
        return []
    what, cure = say("doctor.whatsapp.state", inbox=inbox, state=state), say("doctor.whatsapp.state_cure")
    return [Finding(False, what, cure)]


def _quality(inbox: str, number: Json) -> Finding:
    rating = str(number.get("quality_rating", "UNKNOWN"))
    if rating in ("YELLOW", "RED"):
        cure = say("doctor.whatsapp.quality_cure")
        return Finding(False, say("doctor.whatsapp.quality", inbox=inbox, rating=rating), cure)
    return Finding(True, say("doctor.whatsapp.quality", inbox=inbox, rating=rating))


def _address(inbox: str, number: Json, hook_url: str) -> Finding:
    """The number's own webhook overrides the account's, and that the app's."""
    places = number.get("webhook_configuration")
    known = places if isinstance(places, dict) else {}
    counts = next((str(known[level]) for level in HOOK_LEVELS if known.get(level)), "")
    return meta_doctor.address(inbox, counts, hook_url)


def _accounts(data: Any) -> list[str]:
    """The business accounts the token was given for."""
    scopes = data.get("granular_scopes") if isinstance(data, dict) else None
    found: dict[str, None] = {}
    for scope in scopes if isinstance(scopes, list) else []:
        if isinstance(scope, dict) and scope.get("scope") == "whatsapp_business_management":
            found |= dict.fromkeys(str(one) for one in scope.get("target_ids") or [])
    return list(found)


async def _secret(inbox: str, app_id: str, as_app: Callable[[str], Graph]) -> Sequence[Finding]:
    """Whether app_secret is the secret of the token's app: with another one every delivery is refused."""
    if not app_id:
        return []
    try:
        await as_app(app_id).get(f"{app_id}/subscriptions")
    except SendError as error:
        if error.retry:
            return []
        what = say("doctor.whatsapp.secret", inbox=inbox, app=app_id, reason=Word(error.key))
        return [Finding(False, what, say("doctor.whatsapp.secret_cure", inbox=inbox))]
    return []


async def _subscribed(inbox: str, graph: Graph, account: str) -> Finding:
    """Without a subscribed app an account sends no webhooks at all. Raises SendError."""
    answer, _ = await graph.get(f"{account}/subscribed_apps")
    if answer.get("data"):
        return Finding(True, say("doctor.whatsapp.subscribed", inbox=inbox, account=account))
    what = say("doctor.whatsapp.not_subscribed", inbox=inbox, account=account)
    return Finding(False, what, say("doctor.whatsapp.subscribe_cure", account=account))
