"""The seven formats of a session; one hue and one icon each, the same everywhere."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Format(models.TextChoices):
    """How a session is held."""

    WORKSHOP = "workshop", _("Workshop")
    PEER_COACHING = "peer-coaching", _("Peer coaching")
    CASE_CLINIC = "case-clinic", _("Case clinic")
    PRACTICE_LAB = "practice-lab", _("Practice lab")
    EXPERIMENT_EXCHANGE = "experiment-exchange", _("Experiment exchange")
    COMMUNITY_RETRO = "community-retro", _("Community retrospective")
    TALK = "talk", _("Talk")

    @property
    def css(self) -> str:
        """The class of the style sheet that carries the format's hue."""
        return _LOOK[self.value][0]

    @property
    def icon(self) -> str:
        return _LOOK[self.value][1]


_LOOK = {
    "workshop": ("workshop", "hammer"),
    "peer-coaching": ("coaching", "handshake"),
    "case-clinic": ("case", "messages-square"),
    "practice-lab": ("lab", "target"),
    "experiment-exchange": ("experiment", "flask-conical"),
    "community-retro": ("retro", "rotate-ccw"),
    "talk": ("talk", "presentation"),
}
