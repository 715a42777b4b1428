"""Rules that the repository itself keeps: locked packages, the same files in every app, no inline code."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.apps import apps
from django.db import connection

ROOT = Path(__file__).parent.parent
APPS = ("members", "library", "sessions", "feedback", "practice")
APP_FILES = {"__init__.py", "apps.py", "models.py", "forms.py", "actions.py", "views.py", "urls.py", "admin.py"}
NOT_OURS = {".git", ".venv", "var", "node_modules", "__pycache__"}
# Written in pieces: this file is searched as well.
HOSTS = [".".join(parts) for parts in (
    ("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs"), ("npmjs", "com"), ("deb", "debian"),
    ("proxy", "golang"), ("crates", "io"),
)]  # fmt: skip
MOST_LINES = 400


def files(*suffixes: str) -> Iterator[Path]:
    """Yields the files of the project, of these kinds or all; not what is installed, cached or stored."""
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS and not name.endswith("_cache")]
        for name in names:
            if not suffixes or name.endswith(suffixes):
                yield Path(folder) / name


def versions(name: str) -> dict[str, str]:
    """Returns package -> version of a requirement file."""
    return dict(re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==([\w.]+)", (ROOT / name).read_text(), re.MULTILINE))


def test_django_is_new_enough():
    assert django.VERSION >= (6, 1)
    assert versions("requirements.txt")["django"] == django.__version__


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_locked_by_hash(name):
    entries = re.split(r"\n(?=[\w])", (ROOT / name).read_text().split("\n", 2)[2])
    assert len(entries) == len(versions(name)) > 20
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_lock_of_developers_contains_the_other():
    assert dict(versions("requirements.txt").items() & versions("requirements-dev.txt").items()) == versions(
        "requirements.txt"
    )


def test_every_direct_dependency_is_explained():
    listed = re.findall(r"^\| `([^`\[]+)", (ROOT / "docs/decisions/dependencies.md").read_text(), re.MULTILINE)
    project = (ROOT / "pyproject.toml").read_text().partition("\n[project.optional-dependencies]")[0]
    direct = re.findall(r'^  "([\w.-]+)', project, re.MULTILINE)
    assert sorted(listed) == sorted(direct)


def test_every_setting_is_explained():
    names = re.findall(r"""\benv(?:\.\w+)?\(\s*"(\w+)\"""", (ROOT / "cop_portal/settings.py").read_text())
    explained = re.findall(r"^\| `([A-Z0-9_]+)` \|", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)
    assert sorted(explained) == sorted(set(names))


def test_links_between_documents_lead_somewhere():
    broken = []
    for path in files(".md"):
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", path.read_text()):
            if not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []


def test_no_file_names_a_registry():
    pattern = re.compile("|".join(map(re.escape, HOSTS)))
    text = [path for path in files() if path.suffix not in {".woff2", ".png", ".mo", ".sqlite3"}]
    named = [str(path.relative_to(ROOT)) for path in text if pattern.search(path.read_text(errors="replace"))]
    assert named == []


@pytest.mark.parametrize("app", APPS)
def test_every_app_has_the_same_files(app):
    present = {path.name for path in (ROOT / app).iterdir()}
    assert APP_FILES - present == set()
    assert (ROOT / app / "migrations" / "__init__.py").exists()


def test_the_app_sessions_leaves_its_label_to_django():
    assert apps.get_app_config("cop_sessions").name == "sessions"
    assert {model._meta.app_label for model in apps.get_app_config("cop_sessions").get_models()} <= {"cop_sessions"}


INLINE = re.compile(
    r"""<[a-z][^>]*?\s(?:style|on[a-z]+|hx-on[\w:-]*)\s*=|<style\b|<script\b(?![^>]*\bsrc=)|\bjavascript:""",
    re.IGNORECASE,
)


def test_templates_have_no_inline_code():
    found = {str(path.relative_to(ROOT)): INLINE.findall(path.read_text()) for path in files(".html")}
    assert {name: places for name, places in found.items() if places} == {}


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ('<p class="x" style="color: red">', True),
        ("<button onclick=go()>", True),
        ('<a hx-on:click="x">', True),
        ("<style>p {}</style>", True),
        ("<script>go()</script>", True),
        ('<script type="module" src="{% static "js/x.js" %}"></script>', False),
        ('<p class="one" id="style">on = 1</p>', False),
    ],
)
def test_the_search_for_inline_code(html, found):
    assert bool(INLINE.search(html)) is found


def test_no_file_is_longer_than_it_should_be():
    code = [path for path in files(".py", ".js", ".sh", ".html") if "migrations" not in path.parts]
    own = [path for path in code if path.relative_to(ROOT).parts[0] != "tests"]
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in own}
    assert {name: lines for name, lines in long.items() if lines > MOST_LINES} == {}


@pytest.mark.once
def test_the_database_of_the_tests_behaves_like_a_real_one(transactional_db):
    if connection.vendor == "postgresql":
        return
    with connection.cursor() as cursor:
        pragma = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys", "secure_delete")
        }
    assert pragma == {
        "journal_mode": "wal",
        "synchronous": 2,
        "busy_timeout": 20_000,
        "foreign_keys": 1,
        "secure_delete": 1,
    }
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert Path(connection.settings_dict["NAME"]).exists()
