"""The community's memory: materials of four kinds, and what readers add to them.

Tags stand in `library.tags`, principles in `library.principles` and `library.suggestions`, what readers leave
behind in `library.traces`, what the search looks at in `library.entries`, the clock of a case clinic in
`library.clinics`, what is brought along in `library.imports`, what others had said about it in `library.hearsay`,
the keys of feeds in `library.feed_tokens`, how links fare in `library.link_health`; all are imported at the end, so
that Django finds every model here.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.addresses import slug_of
from library.edits import NotedEdits
from library.principles import Principle
from library.storing import stored_name
from library.tags import Tag
from members.hiding import Hideable
from members.models import Member, Team

SEEN_INDEX = "material_seen"
# What is not for all members to find; an index of its own tells the few rows from the many (library.tag_counts).
UNSHARED = (
    Q(published_at=None) | Q(binned_at__isnull=False) | Q(hidden_at__isnull=False) | Q(audience="private")
)  # fmt: skip
# What a row of a list reads, and nothing more: it is made of twenty of them.
FACTS = (
    "kind", "title", "summary", "body", "shown_as", "audience", "created_at", "published_at", "helped_count",
    "past_review", "owner__name", "owner__email", "team__name", "insight__nature", "insight__answers",
    "insight__outcome", "insight__became", "link__medium", "link__minutes",
)  # fmt: skip


class MaterialQuerySet(models.QuerySet["Material"]):
    """Questions about materials, each with a name."""

    def shelved(self) -> "MaterialQuerySet":
        """Published, not in the bin, and not hidden."""
        return self.filter(published_at__isnull=False, binned_at=None, hidden_at=None)

    def visible_to(self, member: Member) -> "MaterialQuerySet":
        """What `member` may read: what is shared with members and not hidden, what is their own.

        A guest reads only what was granted, until its date; the caller passes `granted_at` to
        `for_guest` instead.
        """
        if not member.is_member:
            return self.none()
        return self.filter(binned_at=None).filter(
            Q(owner=member) | Q(published_at__isnull=False, audience=Material.Audience.MEMBERS, hidden_at=None)
        )

    def hidden_from(self, member: Member) -> "MaterialQuerySet":
        """What facilitators hid and `member` could otherwise read: its page says why."""
        if not member.is_member:
            return self.none()
        return self.filter(
            binned_at=None,
            published_at__isnull=False,
            audience=Material.Audience.MEMBERS,
            hidden_at__isnull=False,
        )

    def for_guest(self, guest: Member, *, now: datetime) -> "MaterialQuerySet":
        """What sessions granted to `guest` and that has not run out at `now`."""
        granted = Grant.objects.filter(member=guest, until__gt=now).values("material")
        return self.shared().filter(pk__in=granted)

    def shared(self) -> "MaterialQuerySet":
        """On the shelves for all members; what its owner made private since is not among them."""
        return self.shelved().filter(audience=Material.Audience.MEMBERS)

    def listed_to(self, member: Member) -> "MaterialQuerySet":
        """What lists and search show `member`: what they may read, without drafts."""
        return self.visible_to(member).filter(published_at__isnull=False)

    def unshared(self) -> "MaterialQuerySet":
        """All that `shared` leaves out: drafts, what is private, hidden or in the bin."""
        return self.filter(UNSHARED)

    def readable_by(self, reader: Member, *, now: datetime) -> "MaterialQuerySet":
        """What `reader`, member or guest, may open at `now`."""
        return self.visible_to(reader) if reader.is_member else self.for_guest(reader, now=now)

    def binned_by(self, member: Member) -> "MaterialQuerySet":
        """What `member` threw away and can still take back, latest first."""
        return self.filter(owner=member, binned_at__isnull=False).order_by("-binned_at", "-pk")

    def of_team(self, team: Team) -> "MaterialQuerySet":
        """What a team is known to have shared; what stands without a name belongs to nobody."""
        return self.filter(team=team).exclude(shown_as=Material.ShownAs.ANONYMOUS)

    def for_rows(self) -> "MaterialQuerySet":
        """With all that a row of a list shows, in a fixed number of queries."""
        return self.with_facts().prefetch_related("tags", files_alone())

    def with_facts(self) -> "MaterialQuerySet":
        """With what tells its kind and whose it is; the file of a file costs another query."""
        return self.select_related("owner", "team", "insight", "link")

    def fresh_insights(self, member: Member) -> "MaterialQuerySet":
        """Insights of other teams for `member`, newest first, with the counts `answers` and `replies`.

        What stands without a name may be of any team, so it is never left out. Fit for rows: two queries.
        """
        own = Q(team=member.team_id, team__isnull=False) & ~Q(shown_as=Material.ShownAs.ANONYMOUS)
        rows = self.listed_to(member).filter(kind=Material.Kind.INSIGHT).exclude(owner=member).exclude(own)
        teams, shown = models.Count("adaptations", distinct=True), Q(comments__deleted_at=None)
        replies = models.Count("comments", filter=shown, distinct=True)
        return rows.annotate(answers=teams, replies=replies).with_facts().prefetch_related("tags").newest_first()

    def newest_first(self) -> "MaterialQuerySet":
        return self.order_by("-published_at", "-pk")


class Material(Hideable):
    """One thing in the library. Its kind decides which one-to-one row beside it holds the rest."""

    class Kind(models.TextChoices):
        ARTICLE = "article", _("article")
        LINK = "link", _("link")
        FILE = "file", _("file")
        INSIGHT = "insight", _("insight")

    class ShownAs(models.TextChoices):
        OWNER = "owner", _("with my name")
        TEAM = "team", _("as my team only")
        ANONYMOUS = "anonymous", _("without a name")

    class Audience(models.TextChoices):
        MEMBERS = "members", _("all members")
        PRIVATE = "private", _("only me")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, editable=False)
    title = models.CharField(_("title"), max_length=160)
    summary = models.CharField(_("summary"), max_length=400, blank=True)
    body = models.TextField(_("text"), blank=True)
    # The body as safe HTML, and which renderer made it (library.rendered); the source is the truth.
    html = models.TextField(blank=True, editable=False)
    html_version = models.PositiveSmallIntegerField(default=0, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="materials",
    )
    team = models.ForeignKey(
        Team, verbose_name=_("team"), null=True, blank=True, on_delete=models.SET_NULL, related_name="materials"
    )
    shown_as = models.CharField(_("shown"), max_length=10, choices=ShownAs, default=ShownAs.OWNER)
    audience = models.CharField(_("who may read it"), max_length=8, choices=Audience, default=Audience.MEMBERS)
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), blank=True, related_name="materials")
    principles = models.ManyToManyField(Principle, verbose_name=_("principles"), blank=True, related_name="materials")
    # The materials its texts link to, kept by library.mentions: their pages link back.
    mentions = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="mentioned_by", editable=False
    )
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("changed"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    binned_at = models.DateTimeField(_("in the bin since"), null=True, blank=True)
    review_on = models.DateField(_("look at again on"), null=True, blank=True)
    # `review_on` has passed and nobody said that it is still true: lower in search (library.reviews).
    past_review = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    # The form whose typing this draft keeps by itself (library.drafts): it is never in its own way.
    saved_by_form = models.UUIDField(null=True, editable=False)
    # Counted in library.traces.Helped, kept here: every list shows it and may be sorted by it.
    helped_count = models.PositiveIntegerField(default=0, editable=False)

    history: Any = NotedEdits()

    objects = MaterialQuerySet.as_manager()

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        indexes = (
            models.Index(fields=["-published_at", "-id"], name="material_newest"),
            models.Index(fields=["kind", "-published_at"], name="material_kind"),
            models.Index(fields=["-helped_count", "-published_at", "-id"], name="material_helpful"),
            # Only of what is in the bin: SQLite would ask an index on all rows for those that are not.
            models.Index(fields=["binned_at"], condition=Q(binned_at__isnull=False), name="material_bin"),
            models.Index(fields=["id"], condition=UNSHARED, name="material_unshared"),
            models.Index(fields=["-changed_at"], name="material_changed"),  # what feeds ask first
            models.Index(fields=["review_on"], condition=Q(past_review=False), name="material_review"),
            # All that decides who may see it and where it stands: SQLite ranks from it (library.matching) and
            # need not read the rows, whose long texts lie on pages of their own.
            models.Index(
                fields=[
                    "id",
                    "binned_at",
                    "hidden_at",
                    "published_at",
                    "audience",
                    "owner",
                    "helped_count",
                    "kind",
                    "shown_as",
                    "team",
                ],
                name=SEEN_INDEX,
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        return slug_of(self.pk, self.title)

    def get_absolute_url(self) -> str:
        return reverse("library:material", args=[self])

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    def may_edit(self, member: Member) -> bool:
        """Owners edit what is theirs; nobody else does."""
        return self.owner_id == member.pk

    @property
    def shown_team(self) -> Team | None:
        """The team that readers learn of."""
        return None if self.shown_as == self.ShownAs.ANONYMOUS else self.team

    @property
    def shown_owner(self) -> Member | None:
        """The person that readers learn of."""
        return self.owner if self.shown_as == self.ShownAs.OWNER else None

    @property
    def newest_file(self) -> "Attachment | None":
        """The version that is served now; of a prefetched material without a query. Only a file has one."""
        return next(iter(self.attachments.all()), None) if self.kind == self.Kind.FILE else None

    @property
    def byline(self) -> str:
        """Whose it is, as its owner wants it shown."""
        if self.shown_as == self.ShownAs.ANONYMOUS:
            return str(_("someone from the community"))
        if self.shown_as == self.ShownAs.TEAM:
            return str(self.team) if self.team else str(_("a team"))
        return str(self.owner) if self.owner else str(_("a former member"))


class Insight(models.Model):
    """What a team shares: a challenge, an experiment, a failure, a success or a case."""

    class Nature(models.TextChoices):
        CHALLENGE = "challenge", _("challenge")
        EXPERIMENT = "experiment", _("experiment")
        FAILURE = "failure", _("failure")
        SUCCESS = "success", _("success")
        CASE = "case", _("case")

    class Outcome(models.TextChoices):
        WORKED = "worked", _("it worked")
        MIXED = "mixed", _("mixed")
        NO_EFFECT = "no_effect", _("no effect")
        HARMFUL = "harmful", _("harmful")
        UNFINISHED = "unfinished", _("unfinished")

    class Repeat(models.TextChoices):
        YES = "yes", _("yes")
        WITH_CHANGES = "with_changes", _("yes, with changes")
        NO = "no", _("no")

    material = models.OneToOneField(Material, on_delete=models.CASCADE, primary_key=True, related_name="insight")
    nature = models.CharField(_("nature"), max_length=10, choices=Nature)
    # The answers of the nature's own form, by field name (library.natures): one column, since
    # the five natures share no field that is asked or searched by itself.
    answers = models.JSONField(default=dict)
    answers_html = models.JSONField(default=dict, editable=False)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    repeat = models.CharField(_("would we repeat it"), max_length=12, choices=Repeat, blank=True)
    # Asked of the owner once, 14 days after a case or an experiment was discussed (library.aftermath).
    asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    became = models.TextField(_("what became of it"), blank=True, max_length=5_000)
    became_html = models.TextField(blank=True, editable=False)
    became_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("insight")
        verbose_name_plural = _("insights")
        indexes = (models.Index(fields=["nature"], name="insight_nature"),)

    def __str__(self) -> str:
        return f"{self.nature} {self.material_id}"


class Link(models.Model):
    """The address a material of kind link leads to, and why it helped."""

    class Medium(models.TextChoices):
        ARTICLE = "article", _("article")
        BOOK = "book", _("book")
        VIDEO = "video", _("video")
        PODCAST = "podcast", _("podcast")
        SLIDES = "slides", _("slides")
        COURSE = "course", _("course")

    material = models.OneToOneField(Material, on_delete=models.CASCADE, primary_key=True, related_name="link")
    address = models.URLField(_("address"), max_length=1000)
    # What decides "already in the library"; not unique, since "add anyway" is allowed.
    normal_address = models.CharField(max_length=1000, editable=False, db_index=True)
    medium = models.CharField(_("medium"), max_length=8, choices=Medium, default=Medium.ARTICLE)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self) -> str:
        return self.address


class Attachment(models.Model):
    """One version of a file; the newest is served under the material's stable address."""

    class TextState(models.TextChoices):
        WAITING = "waiting", _("text is being read")
        READ = "read", _("text was read")
        UNREADABLE = "unreadable", _("text could not be read")

    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="attachments")
    number = models.PositiveIntegerField(default=1)
    file = models.FileField(upload_to=stored_name)
    name = models.CharField(_("name"), max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64, db_index=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    uploaded_at = models.DateTimeField()
    text = models.TextField(blank=True)
    text_state = models.CharField(max_length=10, choices=TextState, default=TextState.WAITING)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ("-number",)
        indexes = (
            models.Index(fields=["uploaded_at"], condition=Q(text_state="waiting"), name="attachment_waiting"),
            models.Index(fields=["file"], name="attachment_file"),
        )
        constraints = (models.UniqueConstraint(fields=["material", "number"], name="attachment_version_once"),)

    def __str__(self) -> str:
        return self.name

    @property
    def is_inline(self) -> bool:
        """Whether a browser may show it in itself."""
        return self.is_picture or self.media_type == "application/pdf"

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


def files_alone() -> "models.Prefetch[str, models.QuerySet[Attachment], str]":
    """Returns what fetches the files of materials without their texts, which are long."""
    return models.Prefetch("attachments", queryset=Attachment.objects.defer("text"))


from library.clinics import Clinic  # noqa: E402
from library.entries import SearchEntry  # noqa: E402
from library.feed_tokens import FeedToken  # noqa: E402
from library.hearsay import Hearsay  # noqa: E402
from library.imports import Import, ImportRow  # noqa: E402
from library.link_health import LinkHealth  # noqa: E402
from library.suggestions import Suggestion  # noqa: E402
from library.traces import Adaptation, Comment, Grant, Helped, ReadingItem  # noqa: E402

__all__ = [
    "Adaptation", "Attachment", "Clinic", "Comment", "FeedToken", "Grant", "Hearsay", "Helped", "Import", "ImportRow",
    "Insight", "Link", "LinkHealth", "Material", "Principle", "ReadingItem", "SearchEntry", "Suggestion", "Tag",
]  # fmt: skip
