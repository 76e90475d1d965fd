"""A stateful Slack that the real slack_sdk and slack_bolt talk to over loopback. Begin at `SlackSim`."""

from .delivery import Delivery, State
from .people import Person
from .rooms import Conversation, Room, Thread
from .sim import SlackSim
from .state import Call, Message, View

__all__ = ["Call", "Conversation", "Delivery", "Message", "Person", "Room", "SlackSim", "State", "Thread", "View"]
