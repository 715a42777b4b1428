"""Measures the floor in a process of its own and prints the figures as JSON: `python -m bench.floor`."""

import json
import os
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.floor.settings"
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from bench.floor.models import Row, Shelf  # noqa: E402
from bench.measuring import Visit, measure, signed_in  # noqa: E402

SUMMARY = (
    "What was tried, what came of it, and what we would do differently the next time round. What helped us most: "
) * 3
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def fill() -> User:
    """Makes the tables with 8 shelves and 400 rows; returns who looks at them."""
    with connection.schema_editor() as editor:
        for model in (Shelf, Row):
            editor.create_model(model)
    call_command("migrate", verbosity=0)
    shelves = [Shelf.objects.create(name=f"Shelf number {number}") for number in range(8)]
    Row.objects.bulk_create(
        Row(shelf=shelves[n % 8], title=f"Title of row {n}", summary=SUMMARY, added=FIRST + timedelta(hours=n))
        for n in range(400)
    )
    return User.objects.create_user("somebody")


if __name__ == "__main__":
    print(json.dumps(asdict(measure(Visit("/"), signed_in(fill())))))
