"""The texts of a session: Markdown as it was typed, and the HTML made of it, stored beside it."""

from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

from cop_portal.lib.markdown import RENDERER_VERSION
from library.rendered import html_of, stored_html
from sessions.models import Session

TEXTS = ("summary", "doing", "takeaways", "team_may_try", "notes")


def render_texts(session: Session) -> None:
    """Makes the HTML of all texts; the caller saves. Each text has ids of its own."""
    session.html = {name: str(html_of(getattr(session, name), name)) for name in TEXTS}
    session.html_version = RENDERER_VERSION


def shown_texts(session: Session) -> dict[str, SafeString]:
    """Returns the HTML of each text by name: what is stored, or made anew where an older renderer made it."""
    return {name: _shown(session, name) for name in TEXTS}


def _shown(session: Session, name: str) -> SafeString:
    text = getattr(session, name)
    stored = stored_html(session.html.get(name, ""), text, session.html_version)
    if stored is None:
        stored = mark_safe(html_of(text, name))  # noqa: S308 -- the renderer made it
    return stored or mark_safe(linebreaks(text, autoescape=True) if text else "")  # noqa: S308 -- escaped
