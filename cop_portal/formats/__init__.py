"""How dates read, by language; django.utils.formats looks here first."""
