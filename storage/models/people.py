"""The team's tables. Memberships have no model: their key is of two columns."""

from tortoise import fields
from tortoise.models import Model

from storage.fields import InstantField


class Person(Model):
    id = fields.BigIntField(primary_key=True)
    name = fields.TextField()
    public_name = fields.TextField(default="")
    email = fields.TextField(default="")
    role = fields.TextField(default="agent")
    locale = fields.TextField(default="en")
    zone = fields.TextField(null=True)
    away = fields.BooleanField(default=False)
    active = fields.BooleanField(default=True)
    created_at = InstantField()

    class Meta:
        table = "people"


class PersonIdentity(Model):
    id = fields.BigIntField(primary_key=True)
    person_id = fields.BigIntField(db_index=True)
    kind = fields.TextField()
    scope = fields.TextField()
    value = fields.TextField()

    class Meta:
        table = "person_identities"


class Invite(Model):
    code_hash = fields.CharField(64, primary_key=True)
    person_id = fields.BigIntField(db_index=True)
    expires_at = InstantField()
    used_at = InstantField(null=True)

    class Meta:
        table = "invites"


class Login(Model):
    token_hash = fields.CharField(64, primary_key=True)
    person_id = fields.BigIntField(db_index=True)
    expires_at = InstantField()
    used_at = InstantField(null=True)

    class Meta:
        table = "logins"


class WebSession(Model):
    token_hash = fields.CharField(64, primary_key=True)
    person_id = fields.BigIntField(db_index=True)
    csrf = fields.TextField()
    expires_at = InstantField()
    seen_at = InstantField()

    class Meta:
        table = "sessions"


class Notice(Model):
    id = fields.BigIntField(primary_key=True)
    person_id = fields.BigIntField(db_index=True)
    ticket_id = fields.BigIntField(null=True)
    say = fields.TextField()
    at = InstantField()
    seen_at = InstantField(null=True)

    class Meta:
        table = "notices"
