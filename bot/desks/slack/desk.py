"""The Slack desk: implements core.ports.Desk and what Slack can do besides. It puts rendered things where they belong.

How things look is `card`, `posts` and `views`; what Slack says is `parse`; how it is heard, `listen`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from bot.desks.slack import blocks as kit
from bot.desks.slack import card as cards
from bot.desks.slack import posts, views
from bot.desks.slack.account import Account
from bot.desks.slack.api import Api, nothing_shown
from bot.desks.slack.examine import Examination
from bot.desks.slack.listen import NOTE, Listener
from bot.desks.slack.marks import Marks
from bot.desks.slack.metadata import job_of, metadata, upto_of
from bot.desks.slack.parse import events_of
from bot.desks.slack.reconcile import KEPT, Reconciler
from bot.desks.slack.settings import SLACK
from bot.desks.slack.words import Voice
from bot.desks.voice import Links, Names
from core.errors import SendError
from core.events import DeskEvent
from core.ids import DeskName
from core.messages import File
from core.model import PostRef, Status, ThreadRef
from core.people import Identity
from core.ports import Clock, Content, Finding, FoundPost, Hearing, Looked, Profile, Sink
from core.say import Say
from core.views import Card, Dialog, Overview, Post

Heard = Callable[[str, datetime], Awaitable[Sequence[bytes]]]
"""What was stored since a moment under keys that begin so."""


async def unheard(prefix: str, since: datetime) -> Sequence[bytes]:
    """Nobody remembers."""
    return ()


class SlackDesk:
    """One workspace. `names` shows people, `links` a ticket's page on the console; `people` are the team's identities
    here, and `heard` what was stored since a moment under keys that begin so, for the doctor."""

    def __init__(
        self,
        account: Account,
        clock: Clock,
        names: Names,
        links: Links,
        people: Callable[[], Sequence[Identity]] = tuple,
        heard: Heard = unheard,
    ) -> None:
        self._account = account
        self._heard = heard
        self._clock = clock
        self._names = names
        self._links = links
        self._people = people
        self._api = Api(account.bot_token, account.base_url, account.proxy, account.timeout, clock.now)
        self._reconciler = Reconciler(self._api, clock)
        self._listener = Listener(self._api.client, clock, account.signing_secret, by_socket=bool(account.app_token))
        self._marks = Marks(self._api)

    @property
    def name(self) -> DeskName:
        return SLACK

    # The thread of a ticket

    async def open(self, place: str, card: Card, job: int) -> ThreadRef:
        """Post the card."""
        voice = self._voice(card.locale, card.zone)
        ts = await self._say(
            place, cards.fallback(voice, card), _drawn(voice, card), metadata=metadata(job, card.ticket.id)
        )
        self._marks.remember(ts, False)
        return ThreadRef(SLACK, place, ts)

    async def post(self, thread: ThreadRef, post: Post) -> PostRef | None:
        voice = self._voice(post.locale, post.zone)
        blocks = posts.blocks(voice, post)
        if not blocks:
            return None
        ts = await self._say(
            thread.place,
            *_written(voice, post, blocks),
            thread_ts=thread.root,
            metadata=metadata(post.job, post.ticket, post.shown[-1].entry.seq + 1),
        )
        return PostRef(SLACK, thread.place, ts)

    async def edit(self, at: PostRef, thread: ThreadRef, post: Post) -> None:
        """An edit notifies nobody, whatever it mentions. A post that somebody deleted stays deleted."""
        voice = self._voice(post.locale, post.zone)
        blocks = posts.blocks(voice, post)
        if blocks:
            with _unless_deleted():
                await self._change(at.place, at.post, *_written(voice, post, blocks))

    async def post_file(
        self, thread: ThreadRef, file: File, content: bytes, job: int, repeated: str = ""
    ) -> PostRef | None:
        """Three requests, of which only the last shows anything. Slack does not say which message came of it."""
        try:
            given, _ = await self._api.ask("files.getUploadURLExternal", filename=file.name, length=len(content))
        except SendError as error:
            raise nothing_shown(error) from None
        await self._api.upload(given["upload_url"], content)
        await self._api.call(
            "files.completeUploadExternal",
            files=[{"id": given["file_id"], "title": file.name}],
            channel_id=thread.place,
            thread_ts=thread.root,
            **({"initial_comment": self._voice(repeated, "UTC").text("desk.repeated")} if repeated else {}),
        )
        return None

    async def update(self, thread: ThreadRef, card: Card) -> bool:
        voice = self._voice(card.locale, card.zone)
        await self._change(thread.place, thread.root, cards.fallback(voice, card), _drawn(voice, card))
        await self._marks.bring(thread, card.ticket.status is Status.CLOSED)
        return False

    async def close(self, thread: ThreadRef, card: Card) -> None:
        """The card becomes the pointer: nothing on it can be pressed any more."""
        pointer = cards.pointer(self._voice(card.locale, card.zone), card)
        with _unless_deleted():
            await self._change(thread.place, thread.root, pointer, [kit.section(pointer)])

    async def find(self, place: str, thread: ThreadRef | None, job: int) -> FoundPost | None:
        """By the job in the message's metadata. Shared files carry none and are not found."""
        if thread is None:
            messages = self._api.messages("conversations.history", channel=place)
        else:
            messages = self._api.messages("conversations.replies", channel=place, ts=thread.root)
        async for message in messages:
            if job_of(message) == job:
                return FoundPost(PostRef(SLACK, place, message["ts"]), upto_of(message))
        return None

    # People

    async def tell(self, who: Identity, notice: Say, locale: str, zone: str, job: int) -> None:
        voice = self._voice(locale, zone)
        try:
            await self._say(who.value, voice.say(notice), kit.said(voice, notice), metadata=metadata(job, None))
        except SendError as error:
            if error.code == "place_gone":
                raise SendError("unreachable", detail=error.detail) from None
            raise

    async def whisper(self, event: DeskEvent, answer: Say, locale: str, zone: str) -> None:
        """In private where it was said in private, else seen by that person alone, where they are."""
        voice, origin = self._voice(locale, zone), event.origin
        text, blocks = voice.say(answer), kit.said(voice, answer)
        if origin.direct or not origin.place or origin.missed:
            # Found late: nobody sits there and waits for an answer that only stands while they do.
            await self._say(origin.who.value, text, blocks)
            return
        try:
            await self._api.call(
                "chat.postEphemeral",
                channel=origin.place,
                user=origin.who.value,
                text=kit.clip(text, kit.SECTION),
                blocks=blocks,
                thread_ts=origin.root,
            )
        except SendError as error:
            if error.code not in ("unreachable", "place_gone", "thread_gone", "not_in_channel"):
                raise
            await self._say(origin.who.value, text, blocks)

    async def dialog(self, event: DeskEvent, form: Dialog, locale: str) -> None:
        """Raises SendError("too_slow") when the event's trigger does not live any more."""
        if not event.origin.trigger:
            raise SendError("too_slow")
        view = views.modal(self._voice(locale, "UTC"), form, event.origin)
        await self._api.call("views.open", trigger_id=event.origin.trigger, view=view)

    async def home(self, who: Identity, overview: Overview) -> None:
        view = views.home(self._voice(overview.locale, overview.zone), overview)
        await self._api.call("views.publish", user_id=who.value, view=view)

    async def profile(self, who: Identity) -> Profile | None:
        """None for bots, and for people who left. The e-mail only when it is ours to trust and Slack has verified it.

        https://docs.slack.dev/reference/objects/user-object: `team_id`, `enterprise_user.teams`
        """
        try:
            answer, _ = await self._api.ask("users.info", user=who.value)
        except SendError as error:
            if error.code == "unreachable":
                return None
            raise
        user: dict[str, Any] = answer["user"]
        if user.get("deleted") or user.get("is_bot"):
            return None
        about = user.get("profile") or {}
        # In a channel shared with another company their admins say what their people's addresses are.
        own = who.scope in (user.get("team_id"), *((user.get("enterprise_user") or {}).get("teams") or ()))
        email = about.get("email") or "" if own and user.get("is_email_confirmed") else ""
        return Profile(email, user.get("tz") or None)

    async def fetch(self, file: File) -> Content:
        """Raises SendError("media_gone") and, when Slack shows a sign-in page instead, SendError("permission")."""
        answer, _ = await self._api.ask("files.info", file=file.source)
        about = answer["file"]
        url = about.get("url_private_download") or about.get("url_private")
        if not url or about.get("is_external"):
            raise SendError("media_gone", detail=str(about.get("mode") or ""))
        content, mime = await self._api.download(url)
        if mime == "text/html" and about.get("mimetype") != "text/html":
            raise SendError("permission", detail="files:read")
        return Content(content, about.get("mimetype") or mime, about.get("name") or file.name)

    # Listening

    def parse(self, raw: bytes) -> Sequence[DeskEvent]:
        return events_of(raw)

    async def run(self, sink: Sink) -> None:
        """Over a socket until cancelled. Over HTTP the web app listens, and here is nothing to do."""
        if self._account.app_token:
            await self._listener.socket(sink, self._account.app_token, self._account.proxy)
        await asyncio.Event().wait()

    @property
    def hearing(self) -> Hearing:
        return self._listener.hearing

    @property
    def kept(self) -> timedelta:
        return KEPT

    @property
    def clock_off(self) -> timedelta:
        return self._api.clock_off

    async def stirred(self, threads: Sequence[ThreadRef], since: datetime) -> Looked:
        return await self._reconciler.stirred(threads, since)

    async def catch_up(self, thread: ThreadRef, since: datetime, sink: Sink, page: str = "") -> str:
        return await self._reconciler.catch_up(thread, since, sink, page)

    async def aclose(self) -> None:
        """Let go of the connections when nobody asks anything of the desk any more; called once, at the very end."""
        await self._api.close()

    def http_handler(self, sink: Sink) -> Callable[[web.Request], Awaitable[web.Response]]:
        """For Slack's request URL, events and interactivity alike: the web app mounts it as POST /slack/events."""
        return self._listener.http(sink)

    async def examine(self) -> Sequence[Finding]:
        people = [who.value for who in self._people() if who.kind == SLACK]
        refused = await self._heard(NOTE, self._clock.now() - timedelta(days=1))
        account = self._account
        return await Examination(self._api, account.app_token, account.places, people, refused).findings()

    # Requests

    def _voice(self, locale: str, zone: str) -> Voice:
        return Voice.of(locale, zone, self._names, self._links)

    async def _say(self, channel: str, text: str, blocks: list[kit.Block], **more: Any) -> str:
        """chat.postMessage. Nothing unfurls and no bare @name becomes a mention."""
        answer = await self._api.call(
            "chat.postMessage",
            channel=channel,
            text=kit.clip(text, kit.SECTION),
            blocks=blocks,
            unfurl_links=False,
            unfurl_media=False,
            link_names=False,
            **more,
        )
        return str(answer["ts"])

    async def _change(self, channel: str, ts: str, text: str, blocks: list[kit.Block]) -> None:
        await self._api.call(
            "chat.update", channel=channel, ts=ts, text=text, blocks=blocks, parse="none", link_names=False
        )


def _drawn(voice: Voice, card: Card) -> list[kit.Block]:
    return [] if card.plain else cards.blocks(voice, card)


def _written(voice: Voice, post: Post, blocks: list[kit.Block]) -> tuple[str, list[kit.Block]]:
    """What notifications show and what stands there; in words alone it is the same."""
    return (posts.plain(voice, post), []) if post.plain else (posts.fallback(voice, post), blocks)


@contextmanager
def _unless_deleted() -> Iterator[None]:
    """What is not there any more needs no edit."""
    try:
        yield
    except SendError as error:
        if error.code != "thread_gone":
            raise
