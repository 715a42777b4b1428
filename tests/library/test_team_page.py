"""What a team shared and what it makes of others' insights, on its page."""

import pytest

from tests.conftest import NOW
from tests.factories import InsightFactory, MaterialFactory


def test_a_team_page_shows_insights_and_adaptations(other, lead):
    team = lead.team
    InsightFactory(material__owner=lead, material__title="Ours")
    InsightFactory(material__owner=lead, material__title="As team", material__shown_as="team")
    InsightFactory(material__owner=lead, material__title="Nameless", material__shown_as="anonymous")
    InsightFactory(material__owner=lead, material__title="Secret", material__audience="private")
    MaterialFactory(owner=lead, title="No insight")
    for title, hidden in (("Theirs", {}), ("Gone", {"material__binned_at": NOW})):
        insight = InsightFactory(material__title=title, **hidden).material
        insight.adaptations.create(team=team, choice="leave", note="Too small", written_at=NOW)
    page = other.get(team.get_absolute_url())
    assert {row.title for row in page.context["insights"]} == {"Ours", "As team"}
    assert [row.material.title for row in page.context["adaptations"]] == ["Theirs"]
    assert ("leaves it" in page.content.decode(), "Too small" in page.content.decode()) == (True, True)


@pytest.mark.parametrize("count", [1, 3])
def test_query_count(client, lead, count, django_assert_num_queries):
    for _ in range(count):
        InsightFactory(material__owner=lead)
        InsightFactory().material.adaptations.create(team=lead.team, choice="adapt", written_at=NOW)
    with django_assert_num_queries(9):
        client.get(lead.team.get_absolute_url())
