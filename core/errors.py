"""The failures the rooms exchange. Each says what the caller may do about it; none carries message text or secrets."""

from datetime import timedelta

from core.say import Say


class Refused(Exception):
    """A person asked for something that cannot be done; `say` tells them what was wrong and what to do instead."""

    def __init__(self, say: Say) -> None:
        super().__init__(say.key)
        self.say = say


class Confirm(Refused):
    """Not done yet: `say` asks "send anyway?", and saying so repeats the command with force."""


class Unauthorized(Exception):
    """A hook or session whose signature or credentials do not hold. Answered 401/403 and never stored."""


class Duplicate(Exception):
    """The once-key of a command was seen before: its effect stands already and must not be repeated."""


class Lost(Exception):
    """A compare-and-set found another version. The store repeats the whole transaction; nobody else catches this."""


class Overtaken(Exception):
    """A job's lease ran out and another took it up: what this worker has to say about it no longer counts."""


class Unreadable(Exception):
    """A raw payload that cannot be parsed. It is kept and parked, never dropped."""


class Unavailable(Exception):
    """Our own database or disk cannot be used now: nothing is wrong with what was asked, and it must not count against
    it. `reason` is one of `OUTAGES`. `in_doubt`: it was just being committed and may stand; who asks again needs a
    once-key.
    """

    def __init__(self, reason: str, detail: str = "", *, in_doubt: bool = False) -> None:
        super().__init__(f"{reason} ({detail})" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.in_doubt = in_doubt


OUTAGES = frozenset({"away", "refused", "slow", "busy", "full", "read_only", "io", "damaged"})
"""away: no connection. refused: it does not let us in. slow: no answer in time. busy: another program holds it.
full: no room. read_only: it may not be written. io: the disk fails. damaged: the file is no database any more."""


SEND_ERRORS = frozenset(
    {
        # the way there
        "no_connection",
        "timeout",
        "disconnected",
        "server_error",
        "bad_answer",
        "forbidden_address",
        "rate_limited",
        # our access
        "token_expired",
        "permission",
        "not_found",
        "locked",
        "version_retired",
        "deliveries_refused",
        "country_blocked",
        "not_registered",
        "not_paid",
        "policy_blocked",
        "foreign_number",
        "other_app",
        # the customer
        "window_closed",
        "human_agent",
        "undeliverable",
        "opted_out",
        "engagement_limit",
        "pair_limit",
        "spam_limit",
        "no_user_id",
        "unreachable",
        # the message
        "bad_request",
        "unsupported_type",
        "too_long",
        "empty",
        "caption",
        "template",
        # files
        "too_large",
        "media_gone",
        "media_damaged",
        "media_refused",
        "media_unavailable",
        # the desk
        "thread_gone",
        "place_gone",
        "not_in_channel",
        "not_set_up",
        "too_slow",
        # our own house, and what came in
        "desk_gone",
        "taken",
        "unheard",
        "unread",
        "inbox_gone",
        "internal",
        "unreadable_item",
        "platform_error",
    }
)
"""Every code there is; each has words under `send_error.` in the catalogue."""


class SendError(Exception):
    """A platform did not take what we sent.

    `code`: our own word for it, a key under `send_error.` in the catalogue. `retry`: worth repeating later. `after`:
    not before this long. `certain`: it is certain that nothing was delivered (a time-out is not). `detail`: the
    platform's own code for the log, never message text.
    """

    def __init__(
        self,
        code: str,
        *,
        retry: bool = False,
        after: timedelta | None = None,
        certain: bool = True,
        detail: str = "",
    ) -> None:
        super().__init__(f"{code} ({detail})" if detail else code)
        self.code = code
        self.retry = retry
        self.after = after
        self.certain = certain
        self.detail = detail

    @property
    def key(self) -> str:
        """Its words in the catalogue: what happened and what to do."""
        return f"send_error.{self.code}"
