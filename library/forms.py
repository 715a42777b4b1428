"""Every input of the library app passes a form: these add and edit materials, `library.filters` reads addresses.

What stands beside a material, comments and adaptations, has its forms in `library.trace_forms`.
"""

import re
from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.fields import NameField
from cop_portal.lib.forms import Choices, FileDrop, ManyChoices, Segmented
from cop_portal.lib.markdown_field import MarkdownField
from library import actions
from library.actions import Words
from library.files import AcceptedFile, title_from
from library.form_fields import CheckedFileField, TagsField
from library.link_checks import fetch_title_of, stand_in
from library.links import normal_address
from library.models import Attachment, Insight, Link, Material, Principle
from library.natures import MAX_ANSWER, NATURES
from library.rendered import BODY
from members.models import Member
from members.once import OnceForm

_FIRST_HEADING = re.compile(r"\s*#\s+(.+?)\s*#*\s*(?:\n|\Z)")
MAX_TITLE, MAX_MINUTES = 160, 6_000


class MaterialForm(OnceForm):
    """What materials of every kind ask. `version` is the one that an edit began with."""

    kind: ClassVar[str]
    is_relaxed = False
    order: tuple[str, ...] = ()
    rest: ClassVar = ("tags", "principles", "shown_as", "audience", "version", "key")

    title = NameField(label=_("Title"), max_length=MAX_TITLE)
    summary = NameField(
        label=_("In one sentence"),
        required=False,
        max_length=400,
        help_text=_("What does one take from it? Lists and the search show it."),
    )
    tags = TagsField()
    principles = forms.ModelMultipleChoiceField(
        Principle.objects.all(),
        label=_("Principles it touches"),
        required=False,
        widget=ManyChoices(attrs={"class": "columns-2"}),
    )
    shown_as = forms.ChoiceField(
        label=_("Shown"),
        choices=Material.ShownAs.choices,
        initial=Material.ShownAs.OWNER,
        widget=Choices,
        help_text=_("Lists, the search and the page itself keep to it."),
    )
    audience = forms.ChoiceField(
        label=_("Who may read it"),
        choices=Material.Audience.choices,
        initial=Material.Audience.MEMBERS,
        widget=Segmented,
    )
    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, member: Member, material: Material | None = None, **kwargs: Any) -> None:
        self.member, self.material = member, material
        if material:
            kwargs["initial"] = self.initial_of(material) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.order_fields([*self.order, *self.rest])

    def initial_of(self, material: Material) -> dict[str, Any]:
        """Returns what the form shows of a stored material."""
        return {
            "title": material.title,
            "summary": material.summary,
            "body": material.body,
            "tags": [tag.name for tag in material.tags.all()],
            "principles": [principle.pk for principle in material.principles.all()],
            "shown_as": material.shown_as,
            "audience": material.audience,
            "version": material.version,
        }

    def beside(self) -> list[forms.BoundField]:
        """What stands beside the text: labels, and who sees it."""
        return [self[name] for name in ("tags", "principles", "shown_as", "audience")]

    def main(self) -> list[forms.BoundField]:
        """All other fields that are seen, in their order."""
        beside = {field.name for field in self.beside()}
        return [field for field in self.visible_fields() if field.name not in beside]

    def words(self) -> Words:
        names = ("title", "summary", "body", "tags", "principles", "shown_as", "audience")
        return Words(**{name: self.cleaned_data[name] for name in names if name in self.cleaned_data})

    def add(self, *, publish: bool, now: datetime) -> Material:
        """Stores what a valid form says as a new material."""
        raise NotImplementedError

    def edit(self, *, publish: bool, now: datetime) -> Material:
        """Stores what a valid form says about its material; raises ChangedMeanwhileError."""
        return actions.edit_material(
            cast(Material, self.material),
            self.words(),
            version=self.cleaned_data["version"] or 0,
            publish=publish,
            now=now,
            form_key=self.form_key,
            by=self.member,
            **self.changes(),
        )

    def changes(self) -> dict[str, Any]:
        """Returns what only this kind has, as `edit_material` takes it."""
        return {}

    @property
    def form_key(self) -> UUID:
        """The key of the page it was typed on, the same whatever is typed."""
        return cast(UUID, self.fields["key"].clean(self["key"].value()))

    def relax(self) -> None:
        """Makes it take half a text, as it is while one types; nothing is rendered."""
        self.is_relaxed = True
        self.fields.pop("file", None)
        for name, field in self.fields.items():
            field.required = False
            if isinstance(field, MarkdownField):
                self.fields[name] = forms.CharField(required=False, strip=False, max_length=field.max_length)

    def refuse_twin(self, field: str, twin: Material | None) -> None:
        """Says that it is there already, and asks whether to add it all the same."""
        if twin is None or self.cleaned_data.get("anyway"):
            return
        self.fields["anyway"].widget = forms.CheckboxInput()
        words = format_html('{} <a href="{}">{}</a>', _("Already in the library:"), twin.get_absolute_url(), twin.title)
        self.add_error(field, ValidationError(words, code="twin"))

    def others(self) -> "Any":
        """What is in the library besides the material itself, as far as the member may know."""
        rows = Material.objects.listed_to(self.member)
        return rows.exclude(pk=self.material.pk) if self.material else rows


def _anyway() -> forms.BooleanField:
    return forms.BooleanField(label=_("Add it anyway"), required=False, widget=forms.HiddenInput)


class ArticleForm(MaterialForm):
    """An article, written here or dropped as a file."""

    kind = Material.Kind.ARTICLE
    order = ("file", "title", "summary", "body")

    file = CheckedFileField(
        ("md", "txt"),
        label=_("Bring a text along"),
        required=False,
        widget=FileDrop(attrs={"data-text-file": ""}),
        help_text=_("A .md or .txt file. Or write below."),
    )
    body = MarkdownField(
        prefix=BODY,
        label=_("Text"),
        widget=forms.Textarea(attrs={"rows": 16, "class": "writing"}),
        help_text=_("Markdown works: # headings, **bold**, - lists, | tables |, ``` code."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.material:
            del self.fields["file"]
        if self.is_bound:  # a file may bring them; the page says all the same that they are wanted
            self._want_words(wanted=False)

    def _want_words(self, *, wanted: bool) -> None:
        self.fields["title"].required = self.fields["body"].required = wanted

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if self.is_relaxed:
            return data
        if data.get("file") and not data.get("body") and "body" not in self.errors:
            data["body"] = self._read(data["file"])
        if not data.get("title") and "title" not in self.errors:
            data["title"], data["body"] = self._suggested_title(data)
        if not data.get("title") and "title" not in self.errors:
            self.add_error("title", _("How is it called?"))
        if not data.get("body") and not {"body", "file"} & set(self.errors):
            self.add_error("body", _("There is no text yet."))
        self._want_words(wanted=True)
        return data

    def _read(self, file: AcceptedFile) -> Any:
        file.content.seek(0)
        try:
            return self.fields["body"].clean(file.content.read().decode("utf-8-sig"))
        except ValidationError as error:
            self.add_error("file", error)
            return ""

    def _suggested_title(self, data: dict[str, Any]) -> tuple[str, Any]:
        """The first heading, which then need not stand twice; or else the name of the file."""
        body = data.get("body") or ""
        heading = _FIRST_HEADING.match(body)
        if heading:
            return str(self.fields["title"].clean(heading[1][:MAX_TITLE])), self.fields["body"].clean(
                body[heading.end() :].lstrip("\n")
            )
        return (title_from(data["file"].name)[:MAX_TITLE] if data.get("file") else ""), body

    def add(self, *, publish: bool, now: datetime) -> Material:
        return actions.add_article(self.words(), by=self.member, publish=publish, now=now)


class LinkForm(MaterialForm):
    """An address worth a colleague's time."""

    kind = Material.Kind.LINK
    order = ("address", "anyway", "title", "summary", "medium", "minutes", "body")

    address = forms.URLField(
        label=_("Address"),
        max_length=1000,
        assume_scheme="https",
        validators=[URLValidator(schemes=["http", "https"])],
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    anyway = _anyway()
    medium = forms.ChoiceField(label=_("It is"), choices=Link.Medium.choices, initial=Link.Medium.ARTICLE)
    minutes = forms.IntegerField(
        label=_("Minutes it takes"), required=False, min_value=1, max_value=MAX_MINUTES,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    body = MarkdownField(
        prefix=BODY, label=_("Why did it help?"), required=False, max_length=MAX_ANSWER,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=_("What you did with it, and for whom it is."),
    )  # fmt: skip

    def initial_of(self, material: Material) -> dict[str, Any]:
        link = material.link
        fields = {"address": link.address, "medium": link.medium, "minutes": link.minutes}
        return super().initial_of(material) | fields

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_page = settings.LINK_CHECKS and self.material is None
        if self.asks_page:
            self.fields["title"].required = False
            self.fields["title"].help_text = _("Left empty, the page is asked for its own title.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.asks_page = self.asks_page and not data.get("title") and "title" not in self.errors
        if self.asks_page and data.get("address"):
            data["title"] = stand_in(data["address"])
        if data.get("address"):
            normal = normal_address(data["address"])[: actions.MAX_ADDRESS]
            self.refuse_twin("address", self.others().filter(link__normal_address=normal).first())
        return data

    def _fields(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("address", "medium", "minutes")}

    def add(self, *, publish: bool, now: datetime) -> Material:
        material = actions.add_link(self.words(), **self._fields(), by=self.member, publish=publish, now=now)
        if self.asks_page:
            fetch_title_of(material)
        return material

    def changes(self) -> dict[str, Any]:
        return {"link": self._fields()}


class FileForm(MaterialForm):
    """A file, or a further version of it."""

    kind = Material.Kind.FILE
    order = ("file", "anyway", "title", "summary", "body")

    title = NameField(label=_("Title"), max_length=MAX_TITLE, required=False)
    file = CheckedFileField(label=_("File"), widget=FileDrop(attrs={"data-names-title": ""}))
    anyway = _anyway()
    body = MarkdownField(
        prefix=BODY, label=_("What is in it?"), required=False, max_length=MAX_ANSWER,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=_("What it is for, and how you use it."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.material:
            self.fields["file"].required = False
            self.fields["file"].label = _("A newer version of the file")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        file = data.get("file")
        if file:
            self.refuse_twin("file", self._twin(file))
            data["title"] = data.get("title") or title_from(file.name)[:MAX_TITLE]
        elif not data.get("title") and not {"file", "title"} & set(self.errors):
            self.add_error("title", _("How is it called?"))
        return data

    def _twin(self, file: AcceptedFile) -> Material | None:
        same = Attachment.objects.filter(sha256=file.sha256).values("material")
        twin: Material | None = self.others().filter(pk__in=same).first()
        return twin

    def add(self, *, publish: bool, now: datetime) -> Material:
        return actions.add_file(self.words(), file=self.cleaned_data["file"], by=self.member, publish=publish, now=now)

    def changes(self) -> dict[str, Any]:
        return {"file": self.cleaned_data.get("file")}


class InsightForm(MaterialForm):
    """What a team shares; its questions depend on its nature."""

    kind = Material.Kind.INSIGHT

    def __init__(self, *args: Any, nature: str, **kwargs: Any) -> None:
        self.nature, self.asked = nature, NATURES[nature]
        self.order = ("title", "summary", *(question.name for question in self.asked.questions), "outcome", "repeat")
        super().__init__(*args, **kwargs)
        for question in self.asked.questions:
            self.fields[question.name] = MarkdownField(
                prefix=question.name,
                label=question.label,
                help_text=question.help,
                required=question.name in self.asked.required,
                max_length=MAX_ANSWER,
                widget=forms.Textarea(attrs={"rows": question.rows}),
            )
        if self.asked.asks_outcome:
            self.fields["outcome"] = _choice(_("How did it turn out?"), Insight.Outcome.choices)
            self.fields["repeat"] = _choice(_("Would we repeat it?"), Insight.Repeat.choices)
        self.order_fields([*self.order, *self.rest])

    def initial_of(self, material: Material) -> dict[str, Any]:
        insight = material.insight
        said = {"outcome": insight.outcome, "repeat": insight.repeat} if self.asked.asks_outcome else {}
        return super().initial_of(material) | insight.answers | said

    def _fields(self) -> dict[str, Any]:
        answers = {question.name: self.cleaned_data[question.name] for question in self.asked.questions}
        said = ("outcome", "repeat") if self.asked.asks_outcome else ()  # a case has an answer called outcome
        return {"answers": answers, **{name: self.cleaned_data[name] for name in said}}

    def add(self, *, publish: bool, now: datetime) -> Material:
        return actions.add_insight(
            self.words(), nature=self.nature, **self._fields(), by=self.member, publish=publish, now=now
        )

    def changes(self) -> dict[str, Any]:
        return {"insight": self._fields()}


def _choice(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", _("not said")), *choices], widget=Choices)
