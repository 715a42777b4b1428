"""What readers leave behind: comments, "this helped me", a reading list, adaptations; and what guests may read."""

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from members.hiding import Hideable
from members.models import Member, Team


class CommentQuerySet(models.QuerySet["Comment"]):
    """Questions about comments."""

    def shown(self) -> "CommentQuerySet":
        """Those that were not deleted, oldest first, with their writers."""
        return self.filter(deleted_at=None).select_related("by").order_by("written_at", "pk")


class Comment(Hideable):
    """A reply below a material, in Markdown."""

    material = models.ForeignKey("library.Material", on_delete=models.CASCADE, related_name="comments")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="material_comments"
    )
    text = models.TextField(_("comment"), max_length=10_000)
    html = models.TextField(blank=True, editable=False)
    html_version = models.PositiveSmallIntegerField(default=0, editable=False)
    written_at = models.DateTimeField(_("written"))
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        app_label = "library"
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("written_at", "pk")

    def __str__(self) -> str:
        return f"{self.material_id}: {self.written_at:%Y-%m-%d}"

    def may_edit(self, member: Member) -> bool:
        """Everyone edits and deletes what they wrote themselves."""
        return self.by_id == member.pk


class Helped(models.Model):
    """ "This helped me": once a member; shown as a count, never with names."""

    material = models.ForeignKey("library.Material", on_delete=models.CASCADE, related_name="helped")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        app_label = "library"
        constraints = (models.UniqueConstraint(fields=["material", "member"], name="helped_once"),)

    def __str__(self) -> str:
        return str(self.material_id)


class ReadingItem(models.Model):
    """One line of a member's own reading list; nobody else sees it."""

    class State(models.TextChoices):
        TO_READ = "to_read", _("to read")
        READING = "reading", _("reading")
        DONE = "done", _("done")

    material = models.ForeignKey("library.Material", on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reading_items")
    state = models.CharField(max_length=8, choices=State, default=State.TO_READ)
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "library"
        constraints = (models.UniqueConstraint(fields=["material", "member"], name="reading_once"),)

    def __str__(self) -> str:
        return self.state


class AdaptationQuerySet(models.QuerySet["Adaptation"]):
    """Questions about adaptations."""

    def visible_to(self, member: Member) -> "AdaptationQuerySet":
        """Those of insights that `member` may find, with the insight, latest first."""
        insights = apps.get_model("library", "Material").objects.listed_to(member)
        return self.filter(material__in=insights).select_related("material").order_by("-written_at", "-pk")


class Adaptation(models.Model):
    """Another team's note on an insight: borrow, adapt or leave, and why."""

    class Choice(models.TextChoices):
        BORROW = "borrow", _("borrow it")
        ADAPT = "adapt", _("adapt it")
        LEAVE = "leave", _("leave it")

    material = models.ForeignKey("library.Material", on_delete=models.CASCADE, related_name="adaptations")
    team = models.ForeignKey(Team, verbose_name=_("team"), on_delete=models.CASCADE, related_name="adaptations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    choice = models.CharField(_("my team will"), max_length=6, choices=Choice)
    note = models.TextField(_("why, and under which conditions"), max_length=2_000, blank=True)
    written_at = models.DateTimeField(_("written"))

    objects = AdaptationQuerySet.as_manager()

    class Meta:
        app_label = "library"
        verbose_name = _("adaptation")
        verbose_name_plural = _("adaptations")
        ordering = ("-written_at", "-pk")
        constraints = (models.UniqueConstraint(fields=["material", "team"], name="adaptation_once_a_team"),)

    def __str__(self) -> str:
        return f"{self.team}: {self.choice}"

    @property
    def deed(self) -> str:
        """What the team does with it, as one reads it behind the team's name."""
        return deed_of(self.choice)


def deed_of(choice: str) -> str:
    """Returns the words for a value of `Adaptation.Choice`, "" for none."""
    return {"borrow": gettext("borrows it"), "adapt": gettext("adapts it"), "leave": gettext("leaves it")}.get(
        choice, ""
    )


class Grant(models.Model):
    """A guest may read this material until then; written by sessions for their pre-reading."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="grants")
    material = models.ForeignKey("library.Material", on_delete=models.CASCADE, related_name="grants")
    until = models.DateTimeField()

    class Meta:
        app_label = "library"
        constraints = (models.UniqueConstraint(fields=["member", "material"], name="grant_once"),)

    def __str__(self) -> str:
        return f"{self.member_id} {self.material_id}"
