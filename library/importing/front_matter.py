"""Markdown with YAML before it: how an archive keeps one material. Imports no model."""

from typing import Any

import yaml

FENCE = "---\n"
MAX_HEAD = 400_000  # characters


class _Loader(yaml.SafeLoader):
    """YAML without aliases: a few lines of them can stand for a billion words."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("no aliases")
        return super().compose_node(parent, index)


class _Dumper(yaml.SafeDumper):
    """YAML that a person can read, and that gives every text back: unquoted, some line ends would be lost."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = '"' if _ODD_ENDS.intersection(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_ODD_ENDS = frozenset("\r\x85\u2028\u2029")
_Dumper.add_representer(str, _text)


def written(head: dict[str, Any], body: str) -> str:
    """Returns a text whose `read` gives the same back."""
    lines = yaml.dump(head, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)
    return f"{FENCE}{lines}{FENCE}\n{body}"


def read(text: str) -> tuple[dict[str, Any], str]:
    """Returns what stands before a text, and the text; raises ValueError where nothing of the kind does."""
    if not text.startswith(FENCE):
        raise ValueError("no front matter")
    head, fence, body = text[len(FENCE) :].partition(f"\n{FENCE}")
    if not fence or len(head) > MAX_HEAD:
        raise ValueError("no end of the front matter")
    try:
        found = yaml.load(f"{head}\n", _Loader)  # noqa: S506 -- a safe loader
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ValueError("no YAML") from error
    if not isinstance(found, dict):
        raise ValueError("no mapping")
    return found, body.removeprefix("\n")
