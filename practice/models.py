"""The rows of the practice app: plans, reflections and coaching, imported so that Django finds every model."""

from practice.coaching import (
    CheckIn,
    CoachingGroup,
    CoachingPreferences,
    CoachingRound,
    Goal,
    GroupMember,
    GroupNote,
    OptIn,
    Unmatched,
)
from practice.plans import Attempt, Intention, PartnerNote, Plan
from practice.reflections import Reflection, SharedReflection

__all__ = [
    "Attempt", "CheckIn", "CoachingGroup", "CoachingPreferences", "CoachingRound", "Goal", "GroupMember", "GroupNote",
    "Intention", "OptIn", "PartnerNote", "Plan", "Reflection", "SharedReflection", "Unmatched",
]  # fmt: skip
