"""The team's tables. Memberships have no model: a key of two columns is more than Tortoise takes."""

from tortoise import fields
from tortoise.models import Model

from storage.fields import InstantField, WordsField


class Person(Model):
    id = fields.BigIntField(primary_key=True)
    name = WordsField()
    public_name = WordsField(default="")
    email = WordsField(default="")
    role = WordsField(default="agent")
    locale = WordsField(default="en")
    zone = WordsField(null=True)
    away = fields.BooleanField(default=False)
    active = fields.BooleanField(default=True)
    shifts = WordsField(default="[]")
    languages = WordsField(default="[]")
    capacity = fields.BigIntField(null=True)
    substitute_id = fields.BigIntField(null=True)
    away_since = InstantField(null=True)
    away_until = InstantField(null=True)
    created_at = InstantField()

    class Meta:
        table = "people"


class PersonIdentity(Model):
    id = fields.BigIntField(primary_key=True)
    person_id = fields.BigIntField(db_index=True)
    kind = WordsField()
    scope = WordsField()
    value = WordsField()

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
    csrf = WordsField()
    expires_at = InstantField()
    seen_at = InstantField()

    class Meta:
        table = "sessions"


class Notice(Model):
    id = fields.BigIntField(primary_key=True)
    person_id = fields.BigIntField(db_index=True)
    ticket_id = fields.BigIntField(null=True)
    say = WordsField()
    at = InstantField()
    seen_at = InstantField(null=True)
    digest_at = InstantField(null=True)

    class Meta:
        table = "notices"
