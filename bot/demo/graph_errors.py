"""How Graph says no: the error codes, their HTTP statuses and both shapes (answer and webhook).

Sources: the error code tables of the WhatsApp Cloud API and of the Messenger Platform. What leads to an error is
decided elsewhere.
"""

from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any

from aiohttp import web

HREF = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"


@dataclass(frozen=True, slots=True)
class Known:
    """One row of Meta's table: the HTTP status of the answer, the title, and the usual details."""

    http: int
    title: str
    details: str = ""


KNOWN: dict[int, Known] = {
    2: Known(503, "Service temporarily unavailable"),
    4: Known(400, "Application request limit reached"),
    10: Known(403, "Application does not have permission for this action"),
    100: Known(400, "Invalid parameter"),
    190: Known(401, "Error validating access token"),
    230: Known(403, "Requires pages_messaging permission to manage the object"),
    368: Known(403, "Temporarily blocked for policies violations"),
    551: Known(400, "This person isn't available right now."),
    613: Known(400, "Calls to this api have exceeded the rate limit."),
    1200: Known(400, "Temporary send message failure. Please try again later."),
    2500: Known(400, "Unknown path components"),
    80007: Known(400, "Rate limit issues", "The WhatsApp Business Account has reached its rate limit."),
    130429: Known(400, "Rate limit hit", "Message failed to send because there were too many messages sent."),
    131000: Known(500, "Something went wrong", "Message failed to send due to an unknown error."),
    131008: Known(400, "Required parameter is missing"),
    131009: Known(400, "Parameter value is not valid"),
    131016: Known(503, "Service unavailable", "A service is temporarily unavailable."),
    131026: Known(400, "Message undeliverable", "Message Undeliverable."),
    131031: Known(403, "Business Account locked", "Business account has been locked."),
    131047: Known(
        400,
        "Re-engagement message",
        "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    ),
    131048: Known(400, "Spam rate limit hit", "Restrictions on how many messages can be sent from this number."),
    131049: Known(400, "Message not delivered to maintain a healthy ecosystem engagement."),
    131050: Known(400, "The user has chosen to stop receiving marketing messages from you on WhatsApp."),
    131051: Known(400, "Message type unknown", "Message type is currently not supported."),
    131052: Known(400, "Media download error"),
    131053: Known(400, "Media upload error"),
    131056: Known(
        400,
        "(Business Account, Consumer Account) pair rate limit hit",
        "Too many messages were sent from this phone number to the same phone number in a short period of time.",
    ),
    131062: Known(400, "Business-scoped user ID recipients are not supported for this message"),
    132001: Known(404, "Template name does not exist in the translation"),
    133010: Known(400, "Account not registered", "Phone number is not registered on the WhatsApp Business Platform."),
    133016: Known(400, "Account register deregister rate limit exceeded"),
}
_UNKNOWN = Known(400, "Unknown error")


class GraphError(Exception):
    """A call Graph refuses. `message` replaces the usual "(#code) title"; codes are Meta's."""

    def __init__(self, code: int, details: str = "", *, subcode: int = 0, message: str = "", http: int = 0) -> None:
        self.known = KNOWN.get(code, _UNKNOWN)
        self.code = code
        self.details = details or self.known.details
        self.subcode = subcode
        self.message = message or f"(#{code}) {self.known.title}"
        self.http = http or self.known.http
        super().__init__(self.message)


def parameter(message: str) -> GraphError:
    """Code 100 as Graph words it: the message itself names the parameter."""
    return GraphError(100, message=f"(#100) {message}")


def no_such_object(method: str, node: str) -> GraphError:
    """Code 100, subcode 33: unknown id, or one the token may not see; Graph does not say which."""
    return GraphError(
        100,
        subcode=33,
        message=f"Unsupported {method.lower()} request. Object with ID '{node}' does not exist, cannot be loaded due "
        "to missing permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api",
    )


def bad_token() -> GraphError:
    """Code 190: missing, wrong or withdrawn access token."""
    return GraphError(
        190,
        subcode=463,
        message="Error validating access token: Session has expired. The current time is after the expiry.",
    )


def answer(error: GraphError, retry_after: int = 0) -> web.Response:
    """The error as the body of an API answer."""
    body: dict[str, Any] = {
        "message": error.message,
        "type": "GraphMethodException" if error.subcode == 33 else "OAuthException",
        "code": error.code,
    }
    if error.subcode:
        body["error_subcode"] = error.subcode
    if error.details:
        body["error_data"] = {"messaging_product": "whatsapp", "details": error.details}
    body["fbtrace_id"] = "A" + token_urlsafe(15)
    response = web.json_response({"error": body}, status=error.http)
    if error.code == 190:
        response.headers["WWW-Authenticate"] = f'OAuth "Facebook Platform" "invalid_token" "{error.message}"'
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def in_webhook(code: int, details: str = "") -> dict[str, Any]:
    """The error as it stands in `errors[]` of a status, a message or a webhook value."""
    known = KNOWN.get(code, _UNKNOWN)
    return {
        "code": code,
        "title": known.title,
        "message": known.title,
        "error_data": {"details": details or known.details or known.title},
        "href": HREF,
    }
