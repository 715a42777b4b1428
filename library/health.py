"""What the library tells of the community's health: aggregates, nothing about one member."""

from datetime import datetime, timedelta

from django.db.models import F

from library.traces import Adaptation, Comment, ReadingItem

OLD = timedelta(days=30)


def old_ones_used(start: datetime, end: datetime) -> tuple[int, int]:
    """Returns how many materials of more than 30 days others used in the window [start, end), and how many people did.

    Used means taken up by a team, talked about, or read: what somebody chose to do.
    """
    uses = [
        Adaptation.objects.filter(written_at__gte=start, written_at__lt=end).values_list("material", "by"),
        Comment.objects.filter(written_at__gte=start, written_at__lt=end).values_list("material", "by"),
        ReadingItem.objects.filter(changed_at__gte=start, changed_at__lt=end)
        .exclude(state=ReadingItem.State.TO_READ)
        .values_list("material", "member"),
    ]
    old = {"material__published_at__lt": end - OLD, "material__binned_at": None}
    own = ("by", "by", "member")
    found = {
        (material, person)
        for rows, owner in zip(uses, own, strict=True)
        for material, person in rows.filter(**old).exclude(material__owner=F(owner))
        if person is not None
    }
    return len({material for material, _person in found}), len({person for _material, person in found})
