"""What has happened to the demo library since it was written: edits, a review that is due, wordings suggested."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from cop_portal.lib.markdown import render
from cop_portal.lib.markdown_field import MarkdownText
from library.actions import Words, edit_material
from library.aftermath import BECAME, say_what_became
from library.models import Material, Principle, Suggestion
from library.principle_actions import decline, reword, suggest
from library.reviews import note_due_reviews
from members.models import Member

ADDED = """

## After half a year

The question is what people skip first. When I catch myself, I write the three parts down before the talk, as in
[the hand-over page](/library/{number}/)."""
AFTERMATH = """We kept it, with one change: the second week is optional. Two other teams asked for the template, and one
of them *dropped it* after a month because their on-call rota left no room."""


def tell_story(materials: Mapping[str, Material], *, now: datetime) -> None:
    """Adds it to materials that were written in this run."""
    if article := materials.get("feedback-equation"):
        _edit(article, ADDED.format(number=materials["hand-over"].pk), now - timedelta(days=12))
    if experiment := next((one for one in materials.values() if _is_experiment(one)), None):
        text = MarkdownText(AFTERMATH, render(AFTERMATH, prefix=BECAME))
        say_what_became(experiment, text, by=_owner(experiment), now=now - timedelta(days=2))
    if notes := materials.get("decision-notes"):
        Material.objects.filter(pk=notes.pk).update(review_on=(now - timedelta(days=3)).date())
        note_due_reviews(now)


def word_principles(members: Mapping[str, Member], *, now: datetime) -> None:
    """One suggestion that waits and one that was declined; one principle that reads otherwise than at first."""
    first, second = Principle.objects.all()[:2]
    if Suggestion.objects.exists():
        return
    facilitator = next(one for one in members.values() if one.may_facilitate)
    leads = [one for one in members.values() if one.role == Member.Role.TECH_LEAD and one != facilitator]
    clearer = first.wording() | {"prompt": f"{first.prompt} And who would notice that it is missing?"}
    suggest(first, clearer, why="In our team the question stopped one step early.", by=leads[0], now=now)
    words = second.wording() | {"title": f"{second.title}, always"}
    suggestion = suggest(second, words, why="People ask me when it holds.", by=leads[1], now=now - timedelta(days=20))
    reason = "“Always” invites the one exception that everybody then quotes. Teams adapt it to their own context."
    decline(suggestion, answer=reason, by=facilitator, now=now - timedelta(days=15))
    sharper = second.wording() | {"drift": f"{second.drift} Nobody says so aloud."}
    reword(second, sharper, version=second.version, by=facilitator, now=now - timedelta(days=8))


def _edit(material: Material, added: str, now: datetime) -> None:
    text = material.body + added
    words = Words(
        title=material.title, summary=material.summary, body=MarkdownText(text, render(text, prefix="body")),
        shown_as=material.shown_as,
        tags=[tag.name for tag in material.tags.all()], principles=list(material.principles.all()),
    )  # fmt: skip
    edit_material(material, words, version=material.version, publish=True, now=now, by=_owner(material))


def _owner(material: Material) -> Member:
    assert material.owner is not None  # noqa: S101 -- the demo gives every material one
    return material.owner


def _is_experiment(material: Material) -> bool:
    return material.kind == Material.Kind.INSIGHT and material.insight.nature == "experiment"
