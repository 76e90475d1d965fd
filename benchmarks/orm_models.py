"""The tables of a message's way in as models of Tortoise, for yardstick (b). Where a table's key has two columns,
which is more than Tortoise takes, the first stands for it: rows are only made and counted there."""

from tortoise import fields
from tortoise.models import Model

from storage.fields import InstantField


class Inbox(Model):
    id = fields.BigIntField(primary_key=True)
    source = fields.TextField()
    key = fields.TextField()
    body = fields.BinaryField()
    headers = fields.TextField(default="{}")
    at = InstantField()
    state = fields.TextField(default="waiting")
    done_at = InstantField(null=True)

    class Meta:
        table = "inbox"


class Once(Model):
    key = fields.CharField(500, primary_key=True)
    at = InstantField()

    class Meta:
        table = "once"


class Contact(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.TextField(default="")
    company = fields.TextField(default="")
    tier = fields.TextField(default="standard")
    language = fields.TextField(null=True)
    country = fields.TextField(null=True)
    zone = fields.TextField(null=True)
    blocked = fields.BooleanField(default=False)
    created_at = InstantField()

    class Meta:
        table = "contacts"


class Identity(Model):
    id = fields.BigIntField(primary_key=True)
    contact_id = fields.BigIntField()
    kind = fields.TextField()
    scope = fields.TextField(default="")
    value = fields.TextField()

    class Meta:
        table = "identities"


class Conversation(Model):
    id = fields.BigIntField(primary_key=True)
    inbox = fields.TextField()
    key = fields.TextField()
    contact_id = fields.BigIntField()
    ticket_id = fields.BigIntField(null=True)
    address = fields.TextField(default="")

    class Meta:
        table = "conversations"


class Ticket(Model):
    id = fields.BigIntField(primary_key=True)
    version = fields.BigIntField(default=0)
    queue = fields.TextField()
    inbox = fields.TextField()
    channel = fields.TextField()
    conversation_id = fields.BigIntField()
    contact_id = fields.BigIntField()
    status = fields.TextField(default="new")
    priority = fields.TextField(default="normal")
    tier = fields.TextField(default="standard")
    language = fields.TextField(null=True)
    country = fields.TextField(null=True)
    assignee_id = fields.BigIntField(null=True)
    tags = fields.TextField(default="[]")
    mode = fields.TextField(default="explicit")
    level = fields.BigIntField(default=0)
    opened_at = InstantField()
    closed_at = InstantField(null=True)
    entries = fields.BigIntField(default=0)
    last_customer_id = fields.BigIntField(null=True)
    last_customer_at = InstantField(null=True)
    last_received_at = InstantField(null=True)
    due_at = InstantField(null=True)
    zone = fields.TextField(null=True)

    class Meta:
        table = "tickets"


class Clock(Model):
    ticket_id = fields.BigIntField(primary_key=True)
    kind = fields.TextField()
    cycle = fields.BigIntField()
    seq = fields.BigIntField()
    state = fields.TextField()
    spans = fields.TextField()
    target = fields.BigIntField(null=True)
    due_at = InstantField(null=True)
    fired = fields.TextField(default="[]")
    next_at = InstantField(null=True)

    class Meta:
        table = "clocks"


class Message(Model):
    id = fields.BigIntField(primary_key=True)
    ticket_id = fields.BigIntField()
    conversation_id = fields.BigIntField()
    inbox = fields.TextField()
    kind = fields.TextField()
    text = fields.TextField()
    at = InstantField()
    external = fields.TextField(null=True)
    reaction = fields.TextField(default="")

    class Meta:
        table = "messages"


class Entry(Model):
    ticket_id = fields.BigIntField(primary_key=True)
    seq = fields.BigIntField()
    rev = fields.BigIntField()
    kind = fields.TextField()
    at = InstantField()
    message_id = fields.BigIntField(null=True)

    class Meta:
        table = "entries"


class Fact(Model):
    id = fields.BigIntField(primary_key=True)
    ticket_id = fields.BigIntField()
    version = fields.BigIntField()
    kind = fields.TextField()
    data = fields.TextField()
    at = InstantField()
    queue = fields.TextField()
    channel = fields.TextField()
    tier = fields.TextField()
    language = fields.TextField(null=True)
    country = fields.TextField(null=True)

    class Meta:
        table = "facts"


class Job(Model):
    id = fields.BigIntField(primary_key=True)
    kind = fields.TextField()
    payload = fields.TextField()
    lane = fields.TextField()
    bucket = fields.TextField()
    urgency = fields.BigIntField()
    key = fields.TextField(default="")
    ticket_id = fields.BigIntField(null=True)
    state = fields.TextField(default="waiting")
    not_before = InstantField()
    created_at = InstantField()

    class Meta:
        table = "jobs"
