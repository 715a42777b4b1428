"""What the feedback app has of one member under their name, for their export.

What they said in feedback is not among it: nobody can tell whose it is, not even we.
"""

from collections.abc import Iterator

from cop_portal.lib.own_data import Piece, as_json
from feedback.alignment import TeamWord
from feedback.health import Retro
from feedback.proposals import ProposalComment
from members.models import Member


def own_data(member: Member) -> Iterator[Piece]:
    """Yields what the member said in the open: on proposals of a rhythm, for their team, in retros."""
    comments = ProposalComment.objects.filter(by=member).order_by("written_at")
    yield as_json("on-the-rhythm.json", list(comments.values("text", "written_at")))
    words = TeamWord.objects.filter(written_by=member).order_by("written_at")
    fields = ("team__name", "principle__title", "quarter", "choice", "note", "written_at")
    yield as_json("words-of-my-team.json", list(words.values(*fields)))
    retros = Retro.objects.filter(written_by=member).order_by("quarter")
    yield as_json("retros.json", list(retros.values("quarter", "choice", "words", "written_at")))
