"""What the demo community's teams say about the principles, how it has been doing, and its last retro."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import cycle

from feedback.alignment import TeamWord
from feedback.health import Retro
from feedback.quarters import before, quarter_of
from library.principles import Principle
from members.models import Member, Team

Choice = TeamWord.Choice
# Where six teams stand, principle by principle; no team is at one end everywhere.
STANDS = (
    (Choice.GROWING, Choice.LIVES, Choice.GROWING, Choice.NOT_NOW, Choice.LIVES, Choice.GROWING),
    (Choice.LIVES, Choice.GROWING, Choice.LIVES, Choice.NO_FIT, Choice.GROWING, Choice.LIVES),
    (Choice.NOT_NOW, Choice.GROWING, Choice.GROWING, Choice.LIVES, Choice.GROWING, Choice.NOT_NOW),
)
EARLIER = {Choice.LIVES: Choice.GROWING, Choice.GROWING: Choice.NOT_NOW}
NOTES = ("", "We tried it with two features and want one more quarter.", "", "Not while we move the ledger.")
RETRO = "We go on. More practice labs, fewer talks; the case clinics stay as they are."


def load_course(*, now: datetime) -> None:
    """Writes two past quarters of words, some of this one, and last quarter's retro; nothing where words are there."""
    if TeamWord.objects.exists():
        return
    quarter = quarter_of(now.date())
    TeamWord.objects.bulk_create([*_words(before(quarter), now), *_words(before(quarter, 2), now, earlier=True)])
    Retro.objects.get_or_create(
        quarter=before(quarter),
        defaults={
            "choice": Retro.Choice.CONTINUE,
            "words": RETRO,
            "written_by": Member.objects.filter(is_facilitator=True).first(),
            "written_at": now - timedelta(days=60),
        },
    )


def _words(quarter: date, now: datetime, *, earlier: bool = False) -> Iterator[TeamWord]:
    notes = cycle(NOTES)
    for principle, stands in zip(Principle.objects.all(), cycle(STANDS), strict=False):
        for team, choice in zip(Team.objects.order_by("pk"), stands, strict=False):
            said = EARLIER.get(choice, choice) if earlier else choice
            yield TeamWord(
                team=team, principle=principle, quarter=quarter, choice=said, note=next(notes), written_at=now
            )
