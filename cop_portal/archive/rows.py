"""The rows of a portal, as lines of JSON and back; works on the models of any state of the migrations."""

import base64
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.utils.duration import duration_iso_string

LEFT_OUT = {
    "feedback.ballot",  # answers of open polls are in no backup: two of them, compared, would name people
    "library.searchentry",  # made anew from the rest
}
CHUNK = 1_000


def models_at(loader: MigrationLoader, leaves: list[tuple[str, str]]) -> list[type[models.Model]]:
    """Returns all models with a table of their own as they were at these migrations, join tables included."""
    apps = loader.project_state(leaves).apps
    found = apps.get_models(include_auto_created=True)
    ours = [model for model in found if model._meta.managed and not model._meta.proxy]
    return sorted((model for model in ours if model._meta.label_lower not in LEFT_OUT), key=label_of)


def label_of(model: type[models.Model]) -> str:
    return model._meta.label_lower


def lines_of(model: type[models.Model], *, using: str) -> Iterator[str]:
    """Yields each row, in the order of its key, as one line."""
    names = [field.attname for field in model._meta.concrete_fields]
    rows = model._base_manager.using(using).order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=CHUNK):
        yield json.dumps([label_of(model), dict(zip(names, row, strict=True))], default=_plain, ensure_ascii=False)


def row_of(model: type[models.Model], values: dict[str, Any]) -> models.Model:
    """Returns the row that a line told of, not stored; columns that the model does not have are left aside."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    known = {name: value for name, value in values.items() if name in fields}
    return model(**{name: _value(fields[name], value) for name, value in known.items()})


def _value(field: models.Field[Any, Any], value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return target.to_python(value)


def _plain(value: Any) -> Any:
    """Exact to the microsecond, unlike Django's own encoder."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, UUID | Decimal):
        return str(value)
    message = f"{type(value).__name__} has no place in a backup"
    raise TypeError(message)
