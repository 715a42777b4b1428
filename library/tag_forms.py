"""Forms with which facilitators keep tags in order."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cop_portal.lib.fields import NameField
from library.form_fields import MAX_TAG
from library.models import Tag
from library.tags import tag_key


class _AboutTag(forms.Form):
    """A form about one tag."""

    def __init__(self, *args: Any, tag: Tag, **kwargs: Any) -> None:
        self.tag = tag
        super().__init__(*args, **kwargs)

    def others(self, name: str) -> Tag | None:
        """Returns what already has this name, besides the tag itself."""
        return Tag.objects.filter(key=tag_key(name)).exclude(pk=self.tag.pk).select_related("alias_of").first()


class RenameForm(_AboutTag):
    """Another name; one of its own other spellings may become it."""

    name = NameField(label=_("Name"), max_length=MAX_TAG)

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        taken = self.others(name)
        if taken and taken.alias_of != self.tag:
            raise ValidationError(_("There is a tag of that name. You can merge this one into it below."))
        return name


class MergeForm(_AboutTag):
    """The tag that it is the same as."""

    into = NameField(
        label=_("Merge it into"),
        max_length=MAX_TAG,
        help_text=_("All that carries this tag carries that one afterwards, and who types this one gets that one."),
        widget=forms.TextInput(attrs={"list": "all-tags", "autocomplete": "off"}),
    )

    def clean_into(self) -> Tag:
        """Returns the tag of that name, for an alias the one that it leads to."""
        found = Tag.objects.filter(key=tag_key(self.cleaned_data["into"])).select_related("alias_of").first()
        if found is None:
            raise ValidationError(_("There is no tag of that name."))
        if (found.alias_of or found) == self.tag:
            raise ValidationError(_("A tag cannot be merged into itself."))
        return found.alias_of or found


class AliasForm(_AboutTag):
    """Another spelling that leads to it."""

    alias = NameField(label=_("Another spelling"), max_length=MAX_TAG)

    def clean_alias(self) -> str:
        name = str(self.cleaned_data["alias"])
        if tag_key(name) == self.tag.key or self.others(name):
            raise ValidationError(_("There is a tag of that name already. Merge one into the other instead."))
        return name


class DropAliasForm(_AboutTag):
    """A spelling that shall lead here no more."""

    alias = forms.ModelChoiceField(Tag.objects.none())

    def __init__(self, *args: Any, tag: Tag, **kwargs: Any) -> None:
        super().__init__(*args, tag=tag, **kwargs)
        self.fields["alias"].queryset = tag.aliases.all()  # type: ignore[attr-defined]
