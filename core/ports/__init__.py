"""Every Protocol between the rooms. Each method says who calls it, when, and what it must not do.

Required interfaces are small; extra abilities are Protocols of their own, asked for with `isinstance`.
"""

from core.ports.channel import AUTHOR_LIMIT, Channel, ChannelCaps, Hook, Outgoing, Sent, ShowsTicks
from core.ports.desk import Desk, Dialogs, FetchesFiles, FindsPosts, Homes, Profile, Profiles, Sink, Whispers
from core.ports.house import Blob, Clock, Content, Doors, Examined, Finding
from core.ports.records import FROM_CHANNEL, FROM_DESK, Found, NewPerson, Notice, Raw, SavedDraft, SavedFact, Wanted
from core.ports.store import Reads, Store, Tx

__all__ = [
    "AUTHOR_LIMIT",
    "FROM_CHANNEL",
    "FROM_DESK",
    "Blob",
    "Channel",
    "ChannelCaps",
    "Clock",
    "Content",
    "Desk",
    "Dialogs",
    "Doors",
    "Examined",
    "FetchesFiles",
    "Finding",
    "FindsPosts",
    "Found",
    "Homes",
    "Hook",
    "NewPerson",
    "Notice",
    "Outgoing",
    "Profile",
    "Profiles",
    "Raw",
    "Reads",
    "SavedDraft",
    "SavedFact",
    "Sent",
    "ShowsTicks",
    "Sink",
    "Store",
    "Tx",
    "Wanted",
    "Whispers",
]
