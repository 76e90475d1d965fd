"""Tortoise models by theme, for what is not a hot path. The schema is made by the numbered SQL, never by these."""

from storage.models.people import Invite, Login, Notice, Person, PersonIdentity, WebSession

__all__ = ["Invite", "Login", "Notice", "Person", "PersonIdentity", "WebSession"]
