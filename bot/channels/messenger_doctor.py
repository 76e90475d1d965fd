"""What `dragoman doctor` learns about a Messenger Page: Page, token, what it is told of, webhook. Changes nothing."""

from collections.abc import Sequence
from typing import Any

from bot.channels import meta_doctor
from bot.channels.messenger_parse import PageLine
from bot.channels.meta import Graph, Json
from bot.channels.payload import list_of, text_of
from core.errors import SendError
from core.ports import Clock, Finding
from core.say import Word, say

SCOPES = frozenset({"pages_messaging", "pages_manage_metadata"})
FIELDS = (
    "messages",
    "messaging_postbacks",
    "message_deliveries",
    "message_reads",
    "message_echoes",
    "message_reactions",
    "message_edits",
)
"""Without these something is missing in the thread: words, ticks, or what colleagues answer elsewhere."""


async def examine(line: PageLine, graph: Graph, app: Graph, hook_url: str, clock: Clock) -> Sequence[Finding]:
    """Never raises: what went wrong is a finding, and what depends on it is left out."""
    name = str(line.inbox)
    try:
        page, reply = await graph.get(line.page_id, fields="name")
    except SendError as error:
        cure = say("doctor.messenger.page_cure", inbox=name)
        return [Finding(False, say("doctor.messenger.unreadable", inbox=name, reason=Word(error.key)), cure)]
    return [
        Finding(True, say("doctor.messenger.page", inbox=name, page=text_of(page, "name", 200) or line.page_id)),
        *meta_doctor.clocks(name, reply, clock),
        *meta_doctor.version(name, reply, graph.version),
        *await _token(line, graph, clock),
        await _subscribed(line, graph),
        *await _webhook(line, app, hook_url),
        Finding(True, say("doctor.messenger.human_agent", inbox=name)),
    ]


async def _token(line: PageLine, graph: Graph, clock: Clock) -> Sequence[Finding]:
    name = str(line.inbox)
    try:
        data = (await graph.check_token()).get("data")
    except SendError as error:
        return [Finding(False, say("doctor.meta.token_unknown", inbox=name, reason=Word(error.key)))]
    return [*meta_doctor.token(name, data, SCOPES, clock), *_belongs(line, data)]


def _belongs(line: PageLine, data: Any) -> Sequence[Finding]:
    """Whether it is this Page's token, made for this app."""
    name = str(line.inbox)
    page, app = text_of(data, "profile_id", 60), text_of(data, "app_id", 60)
    findings = []
    if page and page != line.page_id:
        what = say("doctor.messenger.other_page", inbox=name, page=page)
        findings.append(Finding(False, what, say("doctor.messenger.token_cure")))
    if app and app != line.app_id:
        what = say("doctor.messenger.other_app", inbox=name, app=app)
        findings.append(Finding(False, what, say("doctor.messenger.app_cure", app=app)))
    return findings


async def _subscribed(line: PageLine, graph: Graph) -> Finding:
    """A Page tells an app only what the app is subscribed to."""
    name = str(line.inbox)
    cure = say("doctor.messenger.subscribe_cure", page=line.page_id, fields=",".join(FIELDS))
    try:
        answer, _ = await graph.get(f"{line.page_id}/subscribed_apps")
    except SendError as error:
        return Finding(False, say("doctor.messenger.subscription_unknown", inbox=name, reason=Word(error.key)), cure)
    ours = [one for one in list_of(answer, "data") if text_of(one, "id", 60) == line.app_id]
    if not ours:
        return Finding(False, say("doctor.messenger.not_subscribed", inbox=name), cure)
    missing = _missing(ours[0].get("subscribed_fields"))
    if missing:
        return Finding(False, say("doctor.messenger.fields", inbox=name, missing=", ".join(missing)), cure)
    return Finding(True, say("doctor.messenger.subscribed", inbox=name))


async def _webhook(line: PageLine, app: Graph, hook_url: str) -> Sequence[Finding]:
    """One address for all Pages of an app. That it can be asked shows that app_id and app_secret belong together."""
    name = str(line.inbox)
    try:
        answer, _ = await app.get(f"{line.app_id}/subscriptions")
    except SendError as error:
        what = say("doctor.messenger.app_unreadable", inbox=name, reason=Word(error.key))
        return [Finding(False, what, say("doctor.messenger.secret_cure", inbox=name))]
    rows = [one for one in list_of(answer, "data") if text_of(one, "object", 60) == "page"]
    row: Json = rows[0] if rows else {}
    findings = [meta_doctor.address(name, text_of(row, "callback_url", 500), hook_url)]
    missing = _missing([text_of(one, "name", 60) for one in list_of(row, "fields")]) if row else ()
    if missing:
        what = say("doctor.messenger.app_fields", inbox=name, missing=", ".join(missing))
        findings.append(Finding(False, what, say("doctor.messenger.app_fields_cure")))
    return findings


def _missing(fields: Any) -> tuple[str, ...]:
    known = fields if isinstance(fields, list) else []
    return tuple(field for field in FIELDS if field not in known)
