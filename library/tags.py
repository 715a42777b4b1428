"""Free labels on materials; other spellings are aliases of one tag."""

import unicodedata

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.addresses import slug_of
from cop_portal.lib.text import clean_name


def tag_key(name: str) -> str:
    """Returns what two spellings of one tag have in common: ` FEEDBACK ` and `feedback` are one, `c` and `c++` two."""
    return unicodedata.normalize("NFKC", clean_name(name).casefold())


class TagQuerySet(models.QuerySet["Tag"]):
    """Questions about tags."""

    def main(self) -> "TagQuerySet":
        """Tags that are no alias."""
        return self.filter(alias_of=None)


class Tag(models.Model):
    """A label. One with `alias_of` is only another spelling: it attaches and redirects to that tag."""

    name = models.CharField(_("name"), max_length=40)
    key = models.CharField(max_length=120, unique=True, editable=False)
    alias_of = models.ForeignKey(
        "self", verbose_name=_("alias of"), null=True, blank=True, on_delete=models.CASCADE, related_name="aliases"
    )

    objects = TagQuerySet.as_manager()
    uses = 0  # counted by `library.tag_counts`

    class Meta:
        app_label = "library"
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.name = clean_name(self.name)
        self.key = tag_key(self.name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def slug(self) -> str:
        return slug_of(self.pk, self.name)

    def get_absolute_url(self) -> str:
        return reverse("library:tag", args=[self])
