"""Whether a material is still true: asked after twelve months, answered by one click, lower in search meanwhile."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_noop

from library.indexing import LOWERED_DAYS, move_weight
from library.models import Material
from library.owners import ask_owner
from members.models import Community

REVIEW_AFTER = timedelta(days=365)
MOST_AT_ONCE = 200  # of one run; the next goes on


def is_due(material: Material, *, now: datetime) -> bool:
    """Whether the day has come to look at it again."""
    return material.review_on is not None and material.review_on <= now.date() and not material.is_draft


@transaction.atomic
def say_still_true(material: Material, *, now: datetime) -> None:
    """Its owner looked at it: the next review is in twelve months, and it stands where it stood."""
    stored = Material.objects.select_for_update(of=("self",)).get(pk=material.pk)
    if stored.past_review:
        move_weight(stored.pk, LOWERED_DAYS)
    Material.objects.filter(pk=stored.pk).update(review_on=now.date() + REVIEW_AFTER, past_review=False)


def note_due_reviews(now: datetime) -> int:
    """Sets what is due lower in search and tells its owner; returns how many. An archive asks nobody."""
    if Community.current().stage == Community.Stage.CLOSED:
        return 0
    due = Material.objects.shelved().filter(past_review=False, review_on__lte=now.date()).order_by("review_on", "pk")
    return sum(_note_due(pk, now) for pk in list(due.values_list("pk", flat=True)[:MOST_AT_ONCE]))


@transaction.atomic
def _note_due(pk: int, now: datetime) -> int:
    """Does it once, whoever else is at it."""
    due = Material.objects.filter(pk=pk, past_review=False, review_on__lte=now.date())
    if not due.update(past_review=True):
        return 0
    move_weight(pk, -LOWERED_DAYS)
    material = Material.objects.select_related("owner").get(pk=pk)
    version = f"review-{material.review_on}"
    url = material.get_absolute_url()
    ask_owner(material, gettext_noop("Is “%(title)s” still true?"), version=version, url=url, now=now)
    return 1
