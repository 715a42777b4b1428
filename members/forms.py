"""Every input of the members app passes one of these forms."""

from functools import cache
from itertools import groupby
from typing import Any, ClassVar, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.forms import FileDrop, ManyChoices, Segmented
from cop_portal.lib.text import clean_name
from members.models import Member, Skill, Team, WeekStart
from members.photos import LARGEST_FILE, PhotoError, portrait

MAX_NEW_SKILLS, MAX_SKILL_LENGTH = 5, 60


class DirectoryForm(forms.Form):
    """The filters of the directory; its values live in the address."""

    mark_optional = False

    q = forms.CharField(
        label=_("Name, team or skill"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        choices=[("", _("Everyone")), *[(role.value, role.label) for role in Member.CHOSEN_ROLES]],
        widget=Segmented,
    )
    team = forms.ModelChoiceField(Team.objects.all(), label=_("Team"), required=False, empty_label=_("Any team"))
    offers = forms.ModelChoiceField(
        Skill.objects.all(), label=_("Can help with"), required=False, empty_label=_("Any skill")
    )
    seeks = forms.ModelChoiceField(
        Skill.objects.all(), label=_("Would like to practise"), required=False, empty_label=_("Any skill")
    )


@cache
def zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Returns the IANA zones people live in, grouped by region: `[("Europe", [("Europe/Berlin", "Berlin")])]`."""
    zones = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix")))
    grouped = groupby(zones, key=lambda name: name.partition("/")[0])
    regions = [
        (region, [(name, name.partition("/")[2].replace("_", " ").replace("/", ", ")) for name in names])
        for region, names in grouped
    ]
    return [("UTC", [("UTC", "UTC")]), *regions]


class ProfileForm(forms.ModelForm[Member]):
    """What members say about themselves. Flags and the role of a guest are given, never taken from here."""

    new_offers = forms.CharField(
        label=_("Something else you can help with"),
        required=False,
        max_length=200,
        help_text=_("Separate with commas."),
    )
    new_seeks = forms.CharField(
        label=_("Something else you would like to practise"),
        required=False,
        max_length=200,
        help_text=_("Separate with commas."),
    )

    photo = forms.FileField(
        label=_("Photo"),
        required=False,
        widget=FileDrop,
        help_text=_("JPEG, PNG, WebP or GIF. We keep a square of its middle, 256 pixels wide, and nothing else."),
    )
    remove_photo = forms.BooleanField(label=_("Remove the photo, show my initials"), required=False)

    ORDER: ClassVar = (
        "name",
        "pronouns",
        "photo",
        "remove_photo",
        "role",
        "team",
        "band",
        "about",
        "offers",
        "new_offers",
        "seeks",
        "new_seeks",
    )

    class Meta:
        model = Member
        fields = (
            "name",
            "pronouns",
            "role",
            "team",
            "band",
            "about",
            "offers",
            "seeks",
            "time_zone",
            "language",
            "week_starts_on",
        )
        widgets = {  # noqa: RUF012 -- Django's own way of saying it
            "offers": ManyChoices(attrs={"class": "columns-2"}),
            "seeks": ManyChoices(attrs={"class": "columns-2"}),
            "about": forms.Textarea(attrs={"rows": 6}),
        }
        help_texts = {  # noqa: RUF012
            "about": _("What you work on, what you are curious about. Markdown works here."),
            "time_zone": _("Times are shown on your own clock."),
        }

    def __init__(self, *args: Any, photo_stopped: bool = False, **kwargs: Any) -> None:
        """`photo_stopped`: a photo was sent that is too large to be taken in at all."""
        super().__init__(*args, **kwargs)
        self.photo_stopped = photo_stopped
        self.fields["role"] = self._role_field()
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            choices=zone_choices,
            help_text=self.fields["time_zone"].help_text,
            widget=forms.Select(attrs={"data-suggest-time-zone": ""}),
        )
        self.fields["language"] = forms.ChoiceField(
            label=_("Language of pages and dates"),
            required=False,
            choices=[("", _("As my browser asks")), *settings.LANGUAGES],
        )
        # Who sends the form without it keeps what they chose.
        self.fields["week_starts_on"] = forms.TypedChoiceField(
            label=_("The week begins on"),
            choices=WeekStart,
            coerce=int,
            required=False,
            empty_value=cast(Any, self.instance.week_starts_on),
        )
        cast(forms.ModelChoiceField[Team], self.fields["team"]).empty_label = _("No team")
        if self.instance.role == Member.Role.GUEST:
            del self.fields["role"], self.fields["photo"]  # whom would they show it to?
        if not self.instance.photo_key or "photo" not in self.fields:
            del self.fields["remove_photo"]

        self.order_fields(self.ORDER)

    def _role_field(self) -> forms.ChoiceField:
        choices = [(role.value, role.label) for role in Member.CHOSEN_ROLES]
        return forms.ChoiceField(label=_("Role"), choices=choices)

    def clean_name(self) -> str:
        name = clean_name(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("A name needs at least one letter that can be seen."))
        return name

    def clean_photo(self) -> bytes:
        """Returns the photo as it will be served, b"" without one."""
        file = self.cleaned_data["photo"]
        if self.photo_stopped or (file and file.size > LARGEST_FILE):
            raise forms.ValidationError(_("A photo has at most 10 MB."))
        try:
            return portrait(file) if file else b""
        except PhotoError:
            raise forms.ValidationError(_("We cannot read this as a picture. Please try another one.")) from None

    def clean_new_offers(self) -> list[str]:
        return self._skill_names("new_offers")

    def clean_new_seeks(self) -> list[str]:
        return self._skill_names("new_seeks")

    def _skill_names(self, field: str) -> list[str]:
        names = [clean_name(part) for part in self.cleaned_data[field].split(",")]
        names = [name for name in names if name]
        if len(names) > MAX_NEW_SKILLS:
            raise forms.ValidationError(_("At most five new skills at a time, please."))
        if any(len(name) > MAX_SKILL_LENGTH for name in names):
            raise forms.ValidationError(_("A skill has at most 60 characters."))
        return names
