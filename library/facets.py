"""The ways to narrow a list, as links with counts; each link keeps the rest of the address."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from cop_portal.lib.addresses import slug_of
from library.filters import SORTS, with_value
from library.finding import COUNTED, FacetValue, Filters, Found
from library.models import Insight, Material
from library.natures import NATURES


@dataclass(frozen=True)
class Choice:
    """One link: what it narrows to, how many would be left; pressed again it widens."""

    label: str
    url: str
    count: str = ""
    is_chosen: bool = False
    icon: str = ""


@dataclass(frozen=True)
class Facet:
    """A named group of choices."""

    name: str
    title: str
    choices: list[Choice] = field(default_factory=list)


_ICONS = {"article": "file-text", "link": "link", "file": "paperclip", "insight": "lightbulb"}


class Facets:
    """Builds all facets of one page."""

    def __init__(self, path: str, query: QueryDict, filters: Filters, found: Found) -> None:
        self.path, self.query, self.filters, self.found = path, query, filters, found

    def all(self) -> list[Facet]:
        """Returns the facets that offer anything."""
        kinds = [self._own("kind", key, str(label), _ICONS[key]) for key, label in Material.Kind.choices]
        natures = [self._own("nature", key, str(label), NATURES[key].icon) for key, label in Insight.Nature.choices]
        facets = [
            Facet("kind", _("Kind"), [choice for choice in kinds if choice]),
            Facet("nature", _("Insights"), [choice for choice in natures if choice]),
            Facet("tag", _("Tags"), list(self._rows("tag", {tag.pk: tag.name for tag in self.filters.tags}))),
            Facet("principle", _("Principles"), list(self._rows("principle", self._chosen("principle")))),
            Facet("team", _("Teams"), list(self._rows("team", self._chosen("team")))),
        ]
        return [facet for facet in facets if facet.choices]

    def sorts(self, current: str) -> list[Choice]:
        """Returns the orders; the best match only where words were typed."""
        offered = SORTS if self.query.get("q", "").strip() else SORTS[1:]
        return [Choice(str(label), self._url_of("sort", key), is_chosen=key == current) for key, label in offered]

    def _chosen(self, name: str) -> dict[int, str]:
        row = getattr(self.filters, name)
        return {row.pk: str(row)} if row else {}

    def _own(self, name: str, key: str, label: str, icon: str) -> Choice | None:
        chosen = getattr(self.filters, name) == key
        count = next((value.count for value in self.found.facets.get(name, []) if value.key == key), 0)
        if not (count or chosen):
            return None
        return Choice(label.capitalize(), self._url(name, key), self._count(count), chosen, icon)

    def _rows(self, name: str, chosen: dict[int, str]) -> Iterator[Choice]:
        values = self.found.facets.get(name, [])
        listed = {int(value.key) for value in values}
        missing = [FacetValue(str(pk), label, 0) for pk, label in chosen.items() if pk not in listed]
        for value in sorted([*missing, *values], key=lambda value: int(value.key) not in chosen):
            slug = slug_of(int(value.key), value.label)
            yield Choice(value.label, self._url(name, slug), self._count(value.count), int(value.key) in chosen)

    def _count(self, count: int) -> str:
        """Where only the newest were counted, there may be more."""
        return f"{count}+" if self.found.is_estimate and count else str(count)

    def _url(self, name: str, value: str) -> str:
        return self._with(with_value(self.query, name, value))

    def _url_of(self, name: str, value: str) -> str:
        changed = self.query.copy()
        changed.pop("page", None)
        changed[name] = value
        return self._with(changed.urlencode())

    def _with(self, query: str) -> str:
        return f"{self.path}?{query}" if query else self.path


def total_words(found: Found) -> str:
    """Returns "31" or "1,000+"."""
    return f"{number_format(COUNTED, force_grouping=True)}+" if found.has_more else str(found.total)
