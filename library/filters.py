"""What the library's addresses mean: words, filters, order and page, all through one form."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from library.finding import Filters
from library.models import Insight, Material, Principle, Tag
from library.search import Query, parse
from members.models import Team

MAX_TAGS = 6
SORTS = (("best", _("Best match")), ("newest", _("Newest")), ("helpful", _("Most helpful")))


class RowField(forms.Field):
    """A row by its `<number>-<words>` or number; the clean value is the row or None."""

    widget = forms.HiddenInput

    def __init__(self, rows: "QuerySet[Any]") -> None:
        super().__init__(required=False)
        self.rows = rows

    def clean(self, value: Any) -> Any:
        if not value:
            return None
        return _rows(self.rows, [str(value)])[0]


class RowsField(RowField):
    """Several rows; the clean value is a tuple."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> tuple[Any, ...]:
        typed = list(dict.fromkeys(filter(None, value or [])))
        if len(typed) > MAX_TAGS:
            raise ValidationError(_("At most six tags at a time, please."))
        return tuple(_rows(self.rows, typed)) if typed else ()


def _rows(rows: "QuerySet[Any]", typed: list[str]) -> list[Any]:
    numbers = [text.partition("-")[0] for text in typed]
    if not all(number.isascii() and number.isdigit() and len(number) < 19 for number in numbers):  # noqa: PLR2004
        raise ValidationError(_("There is nothing of that name."))
    found = rows.in_bulk([int(number) for number in numbers])
    if len(found) != len({int(number) for number in numbers}):
        raise ValidationError(_("There is nothing of that name."))
    return [found[int(number)] for number in numbers]


class FilterForm(forms.Form):
    """The library's address as a form. Only the words are typed; all else is links that carry them along."""

    mark_optional = False

    q = forms.CharField(
        label=_("Search the library"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Search the library"), "autocomplete": "off"}),
    )  # fmt: skip
    kind = forms.ChoiceField(required=False, choices=Material.Kind.choices, widget=forms.HiddenInput)
    nature = forms.ChoiceField(required=False, choices=Insight.Nature.choices, widget=forms.HiddenInput)
    tag = RowsField(Tag.objects.select_related("alias_of"))
    principle = RowField(Principle.objects.all())
    team = RowField(Team.objects.all())
    sort = forms.ChoiceField(required=False, choices=SORTS, widget=forms.HiddenInput)

    def filters(self, *, also: Tag | None = None) -> Filters:
        """Returns the filters of a valid form, and `also` the tag whose page this is. An alias means its tag."""
        data = self.cleaned_data
        tags = [tag.alias_of or tag for tag in (*data["tag"], *([also] if also else []))]
        return Filters(data["kind"], data["nature"], tuple(dict.fromkeys(tags)), data["principle"], data["team"])

    def query(self) -> Query:
        return parse(self.cleaned_data["q"])

    def order(self) -> str:
        """Returns the order: what was asked for, or else the best match of words, the newest without."""
        asked = str(self.cleaned_data["sort"])
        if not self.cleaned_data["q"]:
            return "newest" if asked == "best" else asked or "newest"
        return asked or "best"


def with_value(query: QueryDict, name: str, value: str) -> str:
    """Returns the query string with `name` set to `value`, or without it where it is set so already."""
    changed = query.copy()
    changed.pop("page", None)
    if name == "tag":
        kept = [tag for tag in changed.getlist("tag") if tag.partition("-")[0] != value.partition("-")[0]]
        changed.setlist("tag", kept if len(kept) < len(changed.getlist("tag")) else [*kept, value])
    elif changed.get(name, "").partition("-")[0] == value.partition("-")[0]:
        changed.pop(name, None)
    else:
        changed[name] = value
    return changed.urlencode()
