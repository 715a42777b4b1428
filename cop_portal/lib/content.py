"""The content that ships with the portal: agenda templates, feedback questions, prompts, the demo community."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

CONTENT = Path(__file__).parent.parent / "demo_content.yaml"


@cache
def shipped_content() -> dict[str, Any]:
    """Returns the parsed content; read once a process, so treat it as read-only."""
    loaded: dict[str, Any] = yaml.safe_load(CONTENT.read_text())
    return loaded
