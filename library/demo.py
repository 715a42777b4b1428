"""The library of the demo community: tags, principles, what its people wrote and what others made of it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from django.core.files.uploadedfile import SimpleUploadedFile

from library import actions
from library.actions import Words
from library.demo_story import tell_story, word_principles
from library.files import accept
from library.indexing import index_materials
from library.models import Adaptation, Comment, Insight, Material, Principle, ReadingItem, Tag
from library.tags import tag_key
from library.trace_actions import adapt, put_on_list, say_it_helped, write_comment
from members.models import Member, Report
from members.report_actions import report

FOLDER = Path(__file__).parent / "demo_content"
ALIASES = {"1:1": "one-to-ones", "postmortem": "incidents"}
REPEAT = {"yes": Insight.Repeat.YES, "yes_with_changes": Insight.Repeat.WITH_CHANGES, "no": Insight.Repeat.NO}

type Members = Mapping[str, Member]
type Entry = dict[str, Any]


def load_library(content: Mapping[str, Any], members: Members, *, now: datetime) -> dict[str, dict[str, Any]]:
    """Fills the library; run twice it changes nothing.

    Returns "tags", "principles" and "materials", each by the slugs of the demo content.
    """
    loader = _Loader(content, members, now)
    loader.load()
    return {"tags": loader.tags, "principles": loader.principles, "materials": loader.materials}


class _Loader:
    """One run. A material that is there already is left as it is, with all that readers added."""

    def __init__(self, content: Mapping[str, Any], members: Members, now: datetime) -> None:
        self.content, self.members, self.now = content, members, now
        self.written: dict[str, Any] = yaml.safe_load((FOLDER / "materials.yaml").read_text())
        self.tags = {entry["slug"]: _tag(entry["name"]) for entry in content["tags"]}
        self.principles = {entry["slug"]: _principle(n, entry) for n, entry in enumerate(content["principles"])}
        self.materials: dict[str, Material] = {}
        self.new: set[str] = set()

    def load(self) -> None:
        for name, slug in ALIASES.items():
            Tag.objects.get_or_create(key=tag_key(name), defaults={"name": name, "alias_of": self.tags[slug]})
        for entry in self._entries():
            self._load_material(entry)
        self._load_traces()
        index_materials(material.pk for material in self.materials.values())
        tell_story({slug: self.materials[slug] for slug in self.materials if slug in self.new}, now=self.now)
        word_principles(self.members, now=self.now)
        self._report_one()

    def _entries(self) -> Iterator[Entry]:
        """All materials as entries of one shape; `add` stores one."""
        for entry in self.written["articles"]:
            text = entry.get("body") or (FOLDER / f"{entry['slug']}.md").read_text()
            yield {**entry, "body": text, "add": actions.add_article}
        for entry in self.written["links"]:
            fields = {name: entry[name] for name in ("address", "medium", "minutes")}
            yield {**entry, "add": partial(actions.add_link, **fields)}
        for entry in self.written["files"]:
            yield {**entry, "add": partial(_add_file, entry=entry)}
        insights = [*self.written["insights"], *map(self._case, self.content["cases"])]
        insights += [self._experiment(n, entry) for n, entry in enumerate(self.content["experiments"])]
        for entry in insights:
            fields = {name: entry[name] for name in ("nature", "answers", "outcome", "repeat") if name in entry}
            yield {**entry, "add": partial(actions.add_insight, **fields)}

    def _case(self, entry: Entry) -> Entry:
        names = ("context", "challenge", "tried", "outcome")
        lists = {name: "\n".join(entry[name]) for name in ("options", "lessons")}
        return {
            "slug": entry["slug"],
            "title": entry["title"],
            "summary": entry["lessons"][0],
            "owner": entry["owner"],
            "days": 24 if entry["owner"] == "dele" else 31,
            "tags": ["technical-direction"] if entry["owner"] == "dele" else ["growing-people", "delegation"],
            "principles": entry["principles"],
            "nature": Insight.Nature.CASE,
            "answers": {name: entry[name] for name in names} | lists,
            "helped": ["mira", "tomasz"],
        }

    def _experiment(self, number: int, entry: Entry) -> Entry:
        return {
            "slug": entry["slug"],
            "title": entry["title"],
            "summary": entry["hypothesis"],
            "owner": self._lead_of(entry["team"]),
            "days": 15 + 6 * number,
            "tags": ["planning", "team-health"],
            "principles": [entry["principle"]],
            "nature": Insight.Nature.EXPERIMENT,
            "answers": {name: entry[name] for name in ("hypothesis", "tried", "result")},
            "outcome": entry["outcome"],
            "repeat": REPEAT[entry["repeat"]],
            "helped": ["ines", "hanna", "luis"][: number + 1],
        }

    def _lead_of(self, team: str) -> str:
        return next(
            key
            for key, member in self.members.items()
            if member.team and member.team.name == team and member.role != Member.Role.ASPIRING
        )

    def _load_material(self, entry: Entry) -> None:
        owner, slug = self.members[entry["owner"]], entry["slug"]
        known = Material.objects.filter(title=entry["title"], owner=owner).first()
        self.materials[slug] = known or entry["add"](self._words(entry), by=owner, now=self._ago(entry))
        if known is None:
            self.new.add(slug)
            for reader in entry.get("helped", ()):
                say_it_helped(self.materials[slug], by=self.members[reader])

    def _words(self, entry: Entry) -> Words:
        return Words(
            title=entry["title"],
            summary=entry["summary"],
            body=entry.get("body", ""),
            tags=[self.tags[slug].name for slug in entry["tags"]],
            principles=[self.principles[slug] for slug in entry["principles"]],
            shown_as=entry.get("shown_as", Material.ShownAs.OWNER),
        )

    def _ago(self, entry: Entry) -> datetime:
        return self.now - timedelta(days=entry["days"], hours=2)

    def _load_traces(self) -> None:
        for kind, write in (("comments", self._comment), ("adaptations", self._adapt), ("reading", self._read)):
            for entry in self.written[kind]:
                if entry["to"] in self.new:
                    write(self.materials[entry["to"]], self.members[entry["by"]], entry)

    def _report_one(self) -> None:
        """A report that waits, so that facilitators see how it looks."""
        comment = Comment.objects.select_related("material").order_by("pk").first()
        if comment and not Report.objects.exists():
            by = next(member for member in self.members.values() if member != comment.by and not member.may_facilitate)
            words = "I think this can be read as if it were about one of us. Could somebody have a look?"
            report(comment, reason=words, by=by, now=self.now)

    def _comment(self, material: Material, by: Member, entry: Entry) -> Comment:
        return write_comment(material, entry["text"], by=by, now=self._ago(entry))

    def _adapt(self, material: Material, by: Member, entry: Entry) -> Adaptation:
        return adapt(material, choice=entry["choice"], note=entry["note"], by=by, now=self._ago(entry))

    def _read(self, material: Material, by: Member, entry: Entry) -> None:
        put_on_list(material, ReadingItem.State(entry["state"]), by=by, now=self.now - timedelta(days=1))


def _tag(name: str) -> Tag:
    return Tag.objects.get_or_create(key=tag_key(name), defaults={"name": name})[0]


def _principle(position: int, entry: Entry) -> Principle:
    fields = {
        "statement": entry["statement"],
        "looks_like": "\n".join(entry["looks_like"]),
        "drift": entry["drift"],
        "prompt": entry["prompt"],
        "position": position,
    }
    return Principle.objects.get_or_create(title=entry["title"], defaults=fields)[0]


def _add_file(words: Words, *, entry: Entry, by: Member, now: datetime) -> Material:
    content = _drawn_card() if entry.get("drawn") else (FOLDER / entry["source"]).read_bytes()
    file = accept(SimpleUploadedFile(entry["file"], content))
    if "first_draft" not in entry:
        return actions.add_file(words, file=file, by=by, now=now)
    draft = accept(SimpleUploadedFile(entry["file"], entry["first_draft"].encode()))
    material = actions.add_file(words, file=draft, by=by, now=now - timedelta(days=1))
    return actions.edit_material(material, words, version=material.version, publish=True, now=now, file=file, by=by)


def _drawn_card() -> bytes:
    """Returns a PNG: three hats, what each does and does not."""
    from PIL import Image, ImageDraw, ImageFont

    paper, ink, muted, accent = "#faf8f4", "#1d2327", "#5b636a", "#12594b"
    picture = Image.new("RGB", (1200, 640), paper)
    draw = ImageDraw.Draw(picture)
    title, heading, text = (ImageFont.load_default(size) for size in (54, 40, 26))
    draw.text((60, 50), "Three hats, three heads", ink, title)
    hats = (
        ("Leads", "decides what is", "tried next", "looks at no logs"),
        ("Looks", "one thing at a time,", "says so before", "talks to nobody outside"),
        ("Tells", "writes the messages,", "answers “when?”", "promises no time"),
    )
    for number, (name, first, second, never) in enumerate(hats):
        left = 60 + number * 370
        draw.rounded_rectangle((left, 160, left + 340, 560), 24, "#ffffff", "#cfc7b8", 2)
        draw.ellipse((left + 30, 195, left + 94, 259), accent)
        draw.text((left + 118, 202), name, ink, heading)
        draw.text((left + 30, 310), first, ink, text)
        draw.text((left + 30, 350), second, ink, text)
        draw.line((left + 30, 430, left + 310, 430), "#e4ded3", 2)
        draw.text((left + 30, 460), never, muted, text)
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
