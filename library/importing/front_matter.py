"""Markdown with YAML before it: how an archive keeps one material. Imports no model."""

from dataclasses import dataclass
from typing import Any

import yaml

FENCE = "---\n"
MAX_HEAD = 3_500_000  # characters
MAX_NODES = 80_000  # of one text; they, not the characters, are what takes time


class TooMuchError(ValueError):
    """There is more before the text than anybody wants to read."""


@dataclass
class Budget:
    """How many things may still be read, of many texts together."""

    left: int = MAX_NODES


class _Loader(yaml.SafeLoader):
    """YAML without aliases: a few lines of them can stand for a billion words. It reads as much as it may."""

    def __init__(self, text: str, budget: Budget) -> None:
        super().__init__(text)
        self.budget, self.most = budget, min(budget.left, MAX_NODES)

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("no aliases")
        self.budget.left -= 1
        self.most -= 1
        if self.most < 0:
            raise TooMuchError("too much")
        return super().compose_node(parent, index)


class _Dumper(yaml.SafeDumper):
    """YAML that a person can read, and that gives every text back: unquoted, some line ends would be lost."""

    def ignore_aliases(self, data: Any) -> bool:
        """What stands there twice is written twice: `read` takes no aliases."""
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = '"' if _ODD_ENDS.intersection(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_ODD_ENDS = frozenset("\r\x85\u2028\u2029")
_Dumper.add_representer(str, _text)


def written(head: dict[str, Any], body: str) -> str:
    """Returns a text whose `read` gives the same back."""
    lines = yaml.dump(head, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)
    return f"{FENCE}{lines}{FENCE}\n{body}"


def read(text: str, budget: Budget | None = None) -> tuple[dict[str, Any], str]:
    """Returns what stands before a text, and the text; raises ValueError where nothing of the kind does.

    Raises TooMuchError, also where `budget` is used up.
    """
    if not text.startswith(FENCE):
        raise ValueError("no front matter")
    head, fence, body = text[len(FENCE) :].partition(f"\n{FENCE}")
    if len(head) > MAX_HEAD:
        raise TooMuchError("too much")
    if not fence:
        raise ValueError("no end of the front matter")
    try:
        found = _Loader(f"{head}\n", budget or Budget()).get_single_data()
    except TooMuchError:
        raise
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ValueError("no YAML") from error
    if not isinstance(found, dict):
        raise ValueError("no mapping")
    return found, body.removeprefix("\n")
