"""What django-allauth's forms ask beside address and password."""

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import Member


class JoinForm(forms.Form):
    """What we ask on joining, beside address and password."""

    name = forms.CharField(label=_("Your name"), max_length=80)

    def signup(self, request: object, user: Member) -> None:
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
