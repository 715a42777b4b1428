"""Choosing materials for a session: what is chosen already, and what a search finds. No script is needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from library.finding import top_of
from library.models import Material
from members.models import Member
from sessions.models import Session, SessionMaterial

MOST, FOUND = 40, 10
PREFIX = "material-"
LONGEST_WORDS = 200


@dataclass(frozen=True)
class Pick:
    """One material, and when it is for; "" where it is offered only."""

    material: Material
    when: str

    @property
    def name(self) -> str:
        return f"{PREFIX}{self.material.pk}"


class Picks:
    """The materials of the form. `data` are the fields of the whole form, None for what is stored.

    Only what every member may read can be chosen: a session is no way to show something private.
    """

    def __init__(self, session: Session, data: Mapping[str, Any] | None, member: Member) -> None:
        self.member, self.found = member, list[Pick]()
        self.words = str(data.get("words", ""))[:LONGEST_WORDS].replace("\0", "") if data else ""
        chosen = _stored(session) if data is None else _typed(data)
        readable = Material.objects.shared().filter(pk__in=list(chosen)[:MOST]).select_related("link", "insight")
        materials = {one.pk: one for one in readable}
        self.rows = [Pick(materials[pk], when) for pk, when in chosen.items() if pk in materials]

    def search(self) -> None:
        """Finds what the words typed mean."""
        if not self.words.strip():
            return
        have = {one.material.pk for one in self.rows}
        found = top_of(self.member, self.words, FOUND)
        shared = [one for one in found if one.audience == Material.Audience.MEMBERS and one.published_at]
        self.found = [Pick(one, "") for one in shared if one.pk not in have]

    @property
    def chosen(self) -> list[Pick]:
        return [one for one in self.rows if one.when]

    @property
    def ways(self) -> list[tuple[str, str]]:
        return [("", _("not part of it")), *((one.value, str(one.label)) for one in SessionMaterial.When)]

    def as_rows(self, session: Session) -> list[SessionMaterial]:
        return [
            SessionMaterial(session=session, material=one.material, when=one.when, position=number)
            for number, one in enumerate(self.chosen)
        ]


def _stored(session: Session) -> dict[int, str]:
    if not session.pk:
        return {}
    return dict(session.session_materials.order_by("position", "pk").values_list("material", "when"))


def _typed(data: Mapping[str, Any]) -> dict[int, str]:
    """What was chosen, in the order of the page."""
    found: dict[int, str] = {}
    for key, value in data.items():
        number = key.removeprefix(PREFIX)
        if key.startswith(PREFIX) and number.isascii() and number.isdigit() and len(number) < len(str(2**62)):
            found[int(number)] = value
    return {pk: when for pk, when in found.items() if when in SessionMaterial.When.values}
