"""Finds in the texts that are there already which materials they link to."""

import re

from django.db import migrations

LINK = re.compile(r"(?<![\w/.-])/library/([0-9]{1,18})(?![0-9.])")


def fill(apps, schema_editor):
    material_model = apps.get_model("library", "Material")
    through = material_model.mentions.through
    there = set(material_model.objects.values_list("pk", flat=True))
    for pk, text in _texts(apps):
        numbers = {int(number) for number in LINK.findall(text)} & there - {pk}
        rows = [through(from_material_id=pk, to_material_id=number) for number in sorted(numbers)]
        through.objects.bulk_create(rows, ignore_conflicts=True)


def _texts(apps):
    """Yields the number and the text of all that could hold a link."""
    linking = apps.get_model("library", "Material").objects.filter(body__contains="/library/")
    yield from linking.values_list("pk", "body").iterator()
    for pk, answers in apps.get_model("library", "Insight").objects.values_list("pk", "answers").iterator():
        yield pk, "\n".join(str(answer) for answer in answers.values())


class Migration(migrations.Migration):
    dependencies = [("library", "0004_history_reviews_and_clinics")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
