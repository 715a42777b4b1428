"""Imports and foreign keys go one way: portal -> feedback, practice -> sessions -> library -> members -> lib."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parent.parent
APPS = ("members", "library", "sessions", "feedback", "practice")
MAY_IMPORT = {
    "lib": set(),
    "members": {"lib"},
    "library": {"lib", "members"},
    "sessions": {"lib", "members", "library"},
    "feedback": {"lib", "members", "library", "sessions"},
    "practice": {"lib", "members", "library", "sessions"},
    "portal": {"lib", *APPS},
}
LABELS = {"cop_sessions": "sessions"}


def part_of(module: str) -> str | None:
    """The part of the project that a dotted module name belongs to; None for other people's packages."""
    first, _, rest = module.partition(".")
    if first == "cop_portal":
        return "lib" if rest.partition(".")[0] == "lib" else "portal"
    return first if first in APPS else None


def imports_of(source: str) -> set[str]:
    """All modules that `source` imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def source_files() -> list[Path]:
    return [path for top in ("cop_portal", *APPS) for path in sorted((ROOT / top).rglob("*.py"))]


def arrows_against_the_rule(part: str, source: str) -> set[str]:
    used = {name for name in map(part_of, imports_of(source)) if name} - {part}
    # `from cop_portal import lib` and `from cop_portal.lib import x` both name the package above as well.
    if part != "portal" and all(
        not m.startswith("cop_portal") or m.startswith("cop_portal.lib") for m in imports_of(source)
    ):
        used.discard("portal")
    return used - MAY_IMPORT[part]


@pytest.mark.parametrize("path", source_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path):
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    assert arrows_against_the_rule(part_of(module), path.read_text()) == set()


@pytest.mark.parametrize(
    ("part", "source", "wrong"),
    [
        ("members", "from library.models import Material", {"library"}),
        ("members", "def f():\n    import sessions.actions", {"sessions"}),
        ("lib", "from members.models import Member", {"members"}),
        ("feedback", "from practice import models", {"practice"}),
        ("library", "from cop_portal.views import home", {"portal"}),
        ("sessions", "from cop_portal.lib.text import clean_name\nfrom library.models import Tag", set()),
    ],
)
def test_the_check_finds_a_wrong_arrow(part, source, wrong):
    assert arrows_against_the_rule(part, source) == wrong


def test_foreign_keys_go_one_way():
    wrong = []
    for label in ("members", "library", "cop_sessions", "feedback", "practice"):
        part = LABELS.get(label, label)
        for model in apps.get_app_config(label).get_models(include_auto_created=True):
            for field in model._meta.get_fields():
                if field.is_relation and not field.auto_created and field.related_model:
                    target = LABELS.get(field.related_model._meta.app_label, field.related_model._meta.app_label)
                    if target in APPS and target != part and target not in MAY_IMPORT[part]:
                        wrong.append(str(field))
    assert wrong == []


def test_the_app_sessions_has_its_label():
    assert apps.get_app_config("cop_sessions").name == "sessions"
    assert apps.get_app_config("sessions").name == "django.contrib.sessions"


def test_pure_modules_import_no_model():
    pure = [ROOT / "cop_portal" / "lib"]
    for folder in pure:
        for path in folder.rglob("*.py"):
            assert not {
                m for m in imports_of(path.read_text()) if m.startswith("django.db") or m.endswith(".models")
            }, path
