"""Atom feeds of the library: any list, for feed readers, behind an address that its member can take back."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from django.conf import settings
from django.db.models import Count, Max, Subquery, Sum
from django.http import QueryDict
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from library.feed_tokens import FeedToken
from library.filters import FilterForm
from library.finding import find
from library.indexing import texts_of
from library.models import FACTS, Material
from library.rows import byline_of
from library.snippets import beginning
from members.models import Member

ENTRIES = 100
NAMES = ("q", "kind", "nature", "tag", "principle", "team")  # what an address can be narrowed by
# What XML cannot hold. A vertical tab in one title would break the feed of everybody.
_NOT_IN_XML = dict.fromkeys([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])


def opened_by(token: str) -> FeedToken | None:
    """Returns the key with this token, with its active member; `latest` is the last change in the library."""
    latest = Material.objects.order_by("-changed_at").values("changed_at")[:1]
    found = FeedToken.signed(token).filter(member__is_active=True).exclude(member__role=Member.Role.GUEST)
    return found.select_related("member").annotate(latest=Subquery(latest)).first()


@dataclass
class LibraryFeed:
    """One list as one member sees it."""

    member: Member
    query: QueryDict
    latest: datetime | None

    def etag(self) -> str:
        """Returns what changes whenever something in the list may have; one query."""
        rows = Material.objects.listed_to(self.member)
        seen = rows.aggregate(n=Count("pk"), which=Sum("pk"), last=Max("published_at"))
        said = repr((self.member.pk, self.member.language, self.latest, seen, narrowed(self.query)))
        return f'"{blake2b(said.encode(), digest_size=12).hexdigest()}"'

    def body(self, form: FilterForm) -> str:
        """Returns the feed as XML; the form is valid."""
        address = f"{settings.SITE_URL}{reverse('library:index')}?{narrowed(self.query)}".rstrip("?")
        words = form.cleaned_data["q"]
        feed = Atom1Feed(
            title=_plain(f"{_('Library')}: {words}" if words else _("Library")),
            link=address, description="", feed_guid=address, language=settings.LANGUAGE_CODE,
        )  # fmt: skip
        for material in self._materials(form):
            page = f"{settings.SITE_URL}{material.get_absolute_url()}"
            feed.add_item(
                title=_plain(material.title), link=page, description=_plain(beginning(texts_of(material))),
                unique_id=f"{settings.SITE_URL}{reverse('library:material', args=[material.pk])}",
                author_name=_plain(byline_of(material)), pubdate=material.published_at, updateddate=material.changed_at,
                categories=[str(material.get_kind_display())],
            )  # fmt: skip
        return str(feed.writeString("utf-8"))

    def _materials(self, form: FilterForm) -> list[Material]:
        found = find(self.member, form.query(), form.filters(), sort="newest", offset=0, limit=ENTRIES, facets=False)
        rows = Material.objects.with_facts().only(*FACTS, "changed_at").in_bulk(found.pks)
        return [rows[pk] for pk in found.pks if pk in rows]


def narrowed(query: QueryDict) -> str:
    """Returns the part of an address that narrows the list, in one order."""
    kept = QueryDict(mutable=True)
    for name in NAMES:
        if values := [value for value in query.getlist(name) if value]:
            kept.setlist(name, values)
    return kept.urlencode()


def _plain(text: str) -> str:
    return text.translate(_NOT_IN_XML)
