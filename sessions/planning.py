"""Planning a session: the writes of its form, all of them or none."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from library.models import Material, Principle
from members.models import Member
from sessions import actions, guests
from sessions.agendas import AgendaItem
from sessions.blocks import Block
from sessions.models import Session, SessionMaterial


@dataclass(frozen=True)
class Around:
    """What a session has besides its own row."""

    leads: Iterable[Member]
    principles: Iterable[Principle]
    blocks: list[Block]
    materials: list[SessionMaterial]


@transaction.atomic
def plan_session(session: Session, around: Around, *, publish: bool = False, now: datetime) -> Session:
    """Stores a new session as a draft, and publishes it where that is wanted. Raises NotReadyError."""
    actions.create_session(session, now=now)
    _set(session, around)
    return actions.publish_session(session, now=now) if publish else session


@transaction.atomic
def replan_session(
    session: Session, around: Around, changed: Collection[str], *, publish: bool = False, now: datetime
) -> Session:
    """Stores an edit of which `changed` names the fields; publishes it where that is wanted. Raises NotReadyError."""
    actions.store_edit(session, changed, now=now)
    _set(session, around)
    actions.refill(session, now=now)
    return actions.publish_session(session, now=now) if publish else session


def _set(session: Session, around: Around) -> None:
    session.leads.set(around.leads)
    session.principles.set(around.principles)
    _set_blocks(session, around.blocks)
    _set_materials(session, around.materials)
    guests.write_grants(session)
    session.lead_offers.filter(member__in=session.leads.all()).delete()


def _set_blocks(session: Session, blocks: list[Block]) -> None:
    items = [block.as_item(position) for position, block in enumerate(blocks)]
    old = list(session.agenda.values_list("minutes", "title", "lead"))
    if old == [(one.minutes, one.title, one.lead_id) for one in items]:
        return
    session.agenda.all().delete()
    for item in items:
        item.session = session
    AgendaItem.objects.bulk_create(items)


def _set_materials(session: Session, materials: list[SessionMaterial]) -> None:
    """Those that are private by now stay as they were: the form did not show them."""
    rows = session.session_materials
    old = list(rows.filter(material__in=_shown(session)).values_list("material", "when"))
    if old == [(one.material_id, one.when) for one in materials]:
        return
    rows.filter(material__in=_shown(session)).delete()
    SessionMaterial.objects.bulk_create(materials)


def _shown(session: Session) -> list[int]:
    return list(Material.objects.shared().filter(session_materials__session=session).values_list("pk", flat=True))


@transaction.atomic
def delete_draft(session: Session) -> bool:
    """Deletes a session that is still a draft; says whether it did. Nothing that was published ever is."""
    return bool(Session.objects.filter(pk=session.pk, state=Session.State.DRAFT).delete()[0])
