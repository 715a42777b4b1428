"""What of the sessions can be reported and hidden: topics."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from members.moderation import Reportable, register
from sessions.topics import Topic

TOPIC = Reportable(
    name="topic",
    label=_("topic"),
    model=Topic,
    seen_by=lambda member: Topic.objects.listed(),
    rows=lambda: Topic.objects.select_related("proposed_by"),
    author=lambda topic: topic.proposed_by,
    byline=lambda topic: topic.proposed_by.name if topic.proposed_by else gettext("a former member"),
    title=str,
    words=lambda topic: str(topic.why),
    url=lambda topic: str(topic.get_absolute_url()),
)


def register_all() -> None:
    """Called when the app is ready."""
    register(TOPIC)
