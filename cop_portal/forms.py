"""How forms look: one field template for all of them."""

from django.forms.renderers import TemplatesSetting


class PortalRenderer(TemplatesSetting):
    """Renders fields with `templates/forms/`: label, help, control, errors beside the field."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
