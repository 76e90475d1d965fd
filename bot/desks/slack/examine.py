"""What `dragoman doctor` asks of Slack: the tokens, the scopes, the queues' channels. It looks and changes nothing."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from slack_sdk.web.async_client import AsyncWebClient

from bot.desks.slack.api import SDK_LOG, Api
from bot.desks.slack.errors import send_error
from core.errors import SendError
from core.ports import Finding
from core.say import Say, Word, say

NEEDED = frozenset(
    (
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "reactions:read",
        "reactions:write",
        "users:read",
        "users:read.email",
    )
)
"""The bot token's scopes, as in docs/slack-manifest.yaml."""
SKEW = timedelta(minutes=2)
_MEND_PERSON = Say("doctor.slack_person_cure")


class Examination:
    """One look. `places` are the queues' channels, `people` the team's user ids, `refused` our notes that what came in
    Slack's name was refused of late."""

    def __init__(
        self, api: Api, app_token: str, places: Sequence[str], people: Sequence[str], refused: Sequence[bytes] = ()
    ) -> None:
        self._api = api
        self._refused = refused
        self._app_token = app_token
        self._places = places
        self._people = people

    async def findings(self) -> Sequence[Finding]:
        found = [finding async for finding in self._token()]
        if not all(finding.ok for finding in found[:1]):
            return found
        found += self._clocks()
        if self._app_token:
            found.append(await self._socket())
        else:
            found += self._signatures()
        for place in dict.fromkeys(self._places):
            found.append(await self._place(place))
        for person in dict.fromkeys(self._people):
            found += [finding async for finding in self._person(person)]
        return found

    async def _token(self) -> AsyncIterator[Finding]:
        try:
            answer, headers = await self._api.ask("auth.test")
        except SendError as error:
            yield _failed("doctor.slack_token_bad", error, "doctor.slack_token_cure")
            return
        yield Finding(
            True, say("doctor.slack_token", team=str(answer.get("team", "")), bot=str(answer.get("user", "")))
        )
        scopes = {scope.strip() for scope in headers.get("x-oauth-scopes", "").split(",")}
        missing = ", ".join(sorted(NEEDED - scopes))
        if missing:
            yield Finding(False, say("doctor.slack_scopes_missing", scopes=missing), say("doctor.slack_scopes_cure"))
        else:
            yield Finding(True, say("doctor.slack_scopes"))

    def _clocks(self) -> Sequence[Finding]:
        """Slack's requests are refused when the clocks differ by five minutes; before that it is worth a word."""
        off = self._api.clock_off
        if abs(off) <= SKEW:
            return ()
        return [Finding(False, say("doctor.slack_clock", skew=abs(off)), Say("doctor.slack_clock_cure"))]

    def _signatures(self) -> Sequence[Finding]:
        """The running program noted that it refused Slack's requests; a wrong clock is seen for itself."""
        notes = [json.loads(note)["payload"].get("why") for note in self._refused]
        if "signature" not in notes:
            return ()
        return [Finding(False, Say("doctor.slack_signature"), Say("doctor.slack_signature_cure"))]

    async def _socket(self) -> Finding:
        """Whether the app token is given a connection; none is made."""
        client = self._api.client
        asking = AsyncWebClient(
            base_url=client.base_url,
            timeout=client.timeout,
            proxy=client.proxy,
            session=client.session,
            retry_handlers=[],
            logger=SDK_LOG,
        )
        try:
            await asking.apps_connections_open(app_token=self._app_token)
        except Exception as error:
            return _failed("doctor.slack_socket_bad", send_error(error), "doctor.slack_socket_cure")
        return Finding(True, say("doctor.slack_socket"))

    async def _place(self, place: str) -> Finding:
        try:
            answer, _ = await self._api.ask("conversations.info", channel=place)
        except SendError as error:
            return Finding(
                False,
                say("doctor.slack_place_bad", place=place, why=_why(error)),
                say("doctor.slack_place_cure", place=place),
            )
        channel = answer["channel"]
        name = str(channel.get("name") or place)
        if channel.get("is_archived"):
            return Finding(
                False, say("doctor.slack_place_archived", name=name), say("doctor.slack_place_archived_cure")
            )
        if not channel.get("is_member"):
            cure: Say = say("doctor.slack_not_member_cure", name=name)
            return Finding(False, say("doctor.slack_not_member", name=name), cure)
        return Finding(True, say("doctor.slack_place", name=name))

    async def _person(self, person: str) -> AsyncIterator[Finding]:
        """Only who cannot be reached is worth a line."""
        try:
            answer, _ = await self._api.ask("users.info", user=person)
        except SendError as error:
            yield Finding(False, say("doctor.slack_person_bad", person=person, why=_why(error)), _MEND_PERSON)
            return
        user = answer["user"]
        if user.get("deleted"):
            name = str(user.get("real_name") or user.get("name") or person)
            yield Finding(False, say("doctor.slack_person_left", person=name), _MEND_PERSON)


def _failed(what: str, error: SendError, cure: str) -> Finding:
    return Finding(False, Say(what, {"why": _why(error)}), Say(cure))


def _why(error: SendError) -> Word:
    return Word(f"send_error.{error.code}")
