"""The community's settings, as a form: with the charter, which is versioned beside them."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.markdown_field import MarkdownField
from members.charter_actions import CharterChangedError, write_charter
from members.charter_forms import LONGEST, PREFIX
from members.models import CharterVersion, Community, Member

_is_domain = RegexValidator(r"\A(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+\Z", _("A domain looks like example.org."))


class CommunityForm(forms.ModelForm[Community]):
    """Name, stage, domains and charter."""

    charter = MarkdownField(
        label=_("charter"),
        required=False,
        max_length=LONGEST,
        prefix=PREFIX,
        widget=forms.Textarea(attrs={"rows": 20, "cols": 100}),
        help_text=_("Markdown. Another text is a new version, which each member is shown once."),
    )

    class Meta:
        model = Community
        fields = ("name", "stage", "allowed_domains")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        present = CharterVersion.objects.first()
        self.present_number = present.number if present else 0
        self.fields["charter"].initial = present.text if present else ""

    def clean_allowed_domains(self) -> str:
        """Returns one domain a line, in small letters; raises ValidationError for what is none."""
        lines = [line.strip().lower().removeprefix("@") for line in self.cleaned_data["allowed_domains"].splitlines()]
        domains = list(dict.fromkeys(line for line in lines if line))
        for domain in domains:
            _is_domain(domain)
        return "\n".join(domains)

    def clean_charter(self) -> Any:
        """Once there is a charter it can be changed, not emptied."""
        text = self.cleaned_data["charter"]
        if not text and self.present_number:
            raise ValidationError(_("There is a charter; please leave some text."))
        return text

    def save_charter(self, *, by: Member, now: datetime) -> None:
        """Writes a new version where the text is another one."""
        text = self.cleaned_data["charter"]
        if text:
            try:
                write_charter(text, note="", onto=self.present_number, by=by, now=now)
            except CharterChangedError:  # somebody saved at this very moment: theirs stays
                return
