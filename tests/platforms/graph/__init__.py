"""Meta's side of a story: the demo's Graph simulator with faults, rate limits and customers who can wait."""

from .limits import Limits
from .people import StoryCustomer, StoryPerson
from .world import Call, GraphWorld

__all__ = ["Call", "GraphWorld", "Limits", "StoryCustomer", "StoryPerson"]
