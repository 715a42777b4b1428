"""Where files lie: in one folder of the storage, under random names."""

import uuid
from typing import Any

FOLDER = "library"


def stored_name(instance: Any, name: str) -> str:
    """Returns a random path: nothing of the name a member typed reaches the file system."""
    key = uuid.uuid4().hex
    return f"{FOLDER}/{key[:2]}/{key}"
