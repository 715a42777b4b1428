"""Which materials a text links to: that is what their pages link back to."""

import re
from collections.abc import Iterable

from django.conf import settings

from library.models import Insight, Material

MOST = 100  # of one material
_DIGITS = 18  # fits every database
# A link of the portal to a material, whole or from the root: /library/12-words/, /library/12/file/
_LINK = re.compile(r"(?P<site>(?i:https?)://[^\s/()<>\"']+)?/library/(?P<number>[0-9]+)(?![0-9.])")


def mentioned(texts: Iterable[str], *, site: str) -> set[int]:
    """Returns the numbers of the materials that texts in Markdown link to; `site` is the portal's own address."""
    found = (match for text in texts for match in _LINK.finditer(text) if _is_ours(match, text, site))
    return {int(match["number"]) for match in found if len(match["number"]) <= _DIGITS}


def _is_ours(match: re.Match[str], text: str, site: str) -> bool:
    """A path counts from the root alone: `/other/library/1/` leads elsewhere."""
    if match["site"]:
        return match["site"].lower() == site.lower()
    before = text[match.start() - 1 : match.start()] if match.start() else ""
    return not re.match(r"[\w/.-]", before)


def note_mentions(material: Material) -> None:
    """Keeps what the texts of `material` link to; itself and what is not there do not count."""
    insight = Insight.objects.filter(material=material).first()
    texts = [material.body, *(str(text) for text in insight.answers.values())] if insight else [material.body]
    numbers = sorted(mentioned(texts, site=settings.SITE_URL) - {material.pk})[:MOST]
    material.mentions.set(Material.objects.filter(pk__in=numbers) if numbers else [])
