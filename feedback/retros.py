"""The quarterly retro: the community says whether it goes on, changes, pauses or closes."""

from datetime import date, datetime

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.forms import Choices
from feedback.health import WORDS_LENGTH, Retro
from feedback.quarters import quarter_of
from members.models import Community, Member


class AlreadyHeldError(Exception):
    """This quarter's retro is written down; it stands."""


class RetroForm(forms.Form):
    """What a retro came to. Closing needs a second look: `sure` is asked for on the next page."""

    mark_optional = False

    choice = forms.ChoiceField(label=_("What does the community want?"), choices=Retro.Choice, widget=Choices)
    words = forms.CharField(
        label=_("Why, and what comes next"),
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everyone reads this. Write what was said, not who said it."),
    )
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    @property
    def needs_a_second_look(self) -> bool:
        """Whether this would close the community without having been asked again."""
        return self.cleaned_data["choice"] == Retro.Choice.CLOSE and not self.cleaned_data["sure"]


def current_retro(today: date) -> Retro | None:
    """Returns this quarter's retro, if it was held."""
    return Retro.objects.filter(quarter=quarter_of(today)).first()


@transaction.atomic
def hold_retro(choice: str, words: str, *, by: Member, now: datetime) -> Retro:
    """Writes down what the retro of this quarter came to; closing makes the portal a read-only archive.

    Raises AlreadyHeldError.
    """
    quarter = quarter_of(by.local_time(now).date())
    retro, is_new = Retro.objects.get_or_create(
        quarter=quarter, defaults={"choice": choice, "words": words, "written_by": by, "written_at": now}
    )
    if not is_new:
        raise AlreadyHeldError
    if choice == Retro.Choice.CLOSE:
        community = Community.objects.select_for_update().first() or Community()
        community.stage = Community.Stage.CLOSED
        community.save()
    return retro
