"""The writes of the members app, each a verb."""

from django.db import transaction

from members.forms import ProfileForm
from members.models import Member, Skill
from members.photos import drop_photo, keep_photo


@transaction.atomic
def save_profile(form: ProfileForm) -> Member:
    """Stores a valid profile form and adds the skills named in words; returns the member."""
    if form.cleaned_data.get("photo"):
        keep_photo(form.instance, form.cleaned_data["photo"])
    elif form.cleaned_data.get("remove_photo"):
        drop_photo(form.instance)
    member = form.save()
    member.offers.add(*(skill_named(name) for name in form.cleaned_data["new_offers"]))
    member.seeks.add(*(skill_named(name) for name in form.cleaned_data["new_seeks"]))
    return member


def skill_named(name: str) -> Skill:
    """Returns the skill of that name, whatever its capitals; a new one if nobody named it before."""
    return Skill.objects.get_or_create(name__iexact=name, defaults={"name": name})[0]
