"""The content that ships with the portal: agenda templates, feedback questions, prompts, the demo community."""

from functools import cache
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent.parent / "demo_content.yaml"


@cache
def shipped_content() -> dict[str, Any]:
    """Returns the parsed content; read once a process, so treat it as read-only."""
    import yaml  # only on a server that is being set up

    loaded: dict[str, Any] = yaml.safe_load(CONTENT.read_text())
    return loaded
