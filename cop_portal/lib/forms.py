"""How forms look: one field template for all of them, and the widgets that browsers lack."""

from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting


class PortalField(forms.BoundField):
    """A field of a form, as our templates show it."""

    @property
    def is_marked_optional(self) -> bool:
        """Whether to say "(optional)": only where other fields are required; `mark_optional = False` on a form wins."""
        others = any(field.required for field in self.form.fields.values())
        return not self.field.required and others and getattr(self.form, "mark_optional", True)


class PortalRenderer(TemplatesSetting):
    """Renders fields with `templates/forms/`: label, help, control, errors beside the field.

    `{{ form }}` shows a summary of the errors and every field, `{{ form.title.as_field_group }}` one of them.
    """

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = PortalField


class Choices(forms.RadioSelect):
    """One of some, each on a line of its own."""

    template_name = "forms/widgets/choices.html"

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """A single radio button is never wrong, only the group is: its fieldset names the error."""
        option = super().create_option(*args, **kwargs)
        option["attrs"].pop("aria-invalid", None)
        return option


class ManyChoices(forms.CheckboxSelectMultiple):
    """Any of some. The class `columns-2` sets them in columns, `long` lets them scroll."""

    template_name = "forms/widgets/choices.html"


class Segmented(Choices):
    """One of two or three short words, side by side."""

    template_name = "forms/widgets/segmented.html"


class Scale(Choices):
    """Five steps from one end to the other: the value is the number, the label what it means (empty: none)."""

    template_name = "forms/widgets/scale.html"


class FileDrop(forms.ClearableFileInput):
    """A file, chosen or dropped."""

    use_fieldset = False
    template_name = "forms/widgets/file.html"
