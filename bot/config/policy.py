"""The settings as what the core decides by, with what only the registries know: limits, and how dear a write is."""

from datetime import timedelta

from bot.channels import CHANNELS
from bot.config import digests
from bot.config.escalation import chains_of
from bot.config.inbox import Inbox
from bot.config.settings import Queue, Settings
from bot.config.targets import Target as TargetRow
from bot.config.triggers import triggers_of
from bot.desks import DESKS
from core.ids import ChannelName, InboxName, QueueName
from core.model import SendMode
from core.policy import InboxPolicy, Policy, Promises, QueuePolicy
from core.ports import AUTHOR_LIMIT
from core.rotations import Rotation
from core.targets import Target

AUTHOR_ROOM = AUTHOR_LIMIT + 4
"""What an agent's name above a text may take of its limit, with the channel's marks around it."""


def policy_of(settings: Settings) -> Policy:
    general = settings.dragoman
    queues = {QueueName(queue.name): _queue(queue, general.locale) for queue in settings.queues}
    return Policy(
        queues=queues,
        inboxes={InboxName(inbox.name): _inbox(inbox) for inbox in settings.inboxes},
        targets=tuple(_target(row) for row in settings.targets),
        chains=chains_of(settings.escalation, settings.sla.ping_again),
        triggers=triggers_of(settings.triggers),
        quiet=settings.quiet.quiet,
        raising_tags=settings.sla.one_tier_up,
        consult=settings.sla.consult,
        countries=settings.country_hours,
        regions=settings.coverage.countries,
        reopen=timedelta(days=general.reopen_days),
        undo=timedelta(seconds=general.undo_seconds),
        live_idle=timedelta(minutes=general.live_idle_minutes),
        burst=timedelta(seconds=general.burst_seconds),
        boards=frozenset(name for name, kind in DESKS.items() if kind.boards),
        settle={name: kind.settle for name, kind in DESKS.items()},
        slash=frozenset(name for name, kind in DESKS.items() if kind.slash),
        shifts={shift.name: shift.calendar.calendar for shift in settings.shifts},
        rotations=_rotations(settings),
        owner_away=settings.roster.owner_away,
        away_after=settings.roster.away_after,
        digests=digests.told(settings.digests, queues),
        handovers=settings.roster.handover,
        promises=settings.promises.may,
    )


def _queue(queue: Queue, locale: str) -> QueuePolicy:
    return QueuePolicy(
        name=QueueName(queue.name),
        title=queue.title or queue.name,
        calendar=queue.calendar.calendar,
        places=queue.places,
        mode=SendMode(queue.send),
        locale=queue.locale or locale,
        promises=Promises(queue.acknowledge, queue.soothe),
    )


def _rotations(settings: Settings) -> tuple[Rotation, ...]:
    calendars = {queue.name: queue.calendar.calendar for queue in settings.queues}
    return tuple(row.rotation(calendars[row.queue]) for row in settings.oncall)


def _inbox(inbox: Inbox) -> InboxPolicy:
    kind = CHANNELS[ChannelName(inbox.channel)]
    caps = kind.caps
    return InboxPolicy(
        name=InboxName(inbox.name),
        channel=ChannelName(inbox.channel),
        queue=QueueName(inbox.queue),
        text_limit=caps.text_limit - (AUTHOR_ROOM if inbox.public_name == "agent" else 0),
        window=caps.window,
        human_window=caps.human_window,
        looks_up_names=kind.looks_up_names,
        read_ticks=inbox.read_ticks,
        shows_agent=inbox.public_name == "agent",
        file_limit=caps.file_limit,
        promises=Promises(inbox.acknowledge, inbox.soothe),
    )


def _target(row: TargetRow) -> Target:
    return Target(
        first_reply=row.first_reply,
        next_reply=row.next_reply,
        tier=row.tier,
        priority=row.priority,
        queue=QueueName(row.queue) if row.queue else None,
        resolve=row.resolve,
        channel=ChannelName(row.channel) if row.channel else None,
        language=row.language,
        country=row.country,
        tag=row.tag,
        newcomer=row.newcomer,
        whose=row.calendar,
        closed_first_reply=row.first_reply_closed,
        chain=row.chain,
    )
