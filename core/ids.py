"""The names by which rows and configured things are known: NewTypes, which cost nothing and cannot be mixed up."""

from typing import NewType

TicketId = NewType("TicketId", int)
"""Also the number people say: T-12."""
ConversationId = NewType("ConversationId", int)
ContactId = NewType("ContactId", int)
AccountId = NewType("AccountId", int)
PersonId = NewType("PersonId", int)
"""A member of the team."""
MessageId = NewType("MessageId", int)
FileId = NewType("FileId", int)
ThreadId = NewType("ThreadId", int)
JobId = NewType("JobId", int)

QueueName = NewType("QueueName", str)
InboxName = NewType("InboxName", str)
DeskName = NewType("DeskName", str)
"""`slack`, `telegram`, `console`."""
ChannelName = NewType("ChannelName", str)
"""`whatsapp`, `messenger`, ..."""

CONSOLE = DeskName("console")
"""The desk that is always there: a view of the entries themselves, with every ticket a thread by its number."""


def ticket_label(ticket: TicketId) -> str:
    """How a ticket is written everywhere a person reads it."""
    return f"T-{ticket}"


def row_number(text: str) -> int | None:
    """A row's number as somebody else wrote it; None when it is none. Longer ones no database has."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
