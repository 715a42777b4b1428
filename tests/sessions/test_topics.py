"""Topics: proposing, three votes, what was covered."""

import pytest
from django.test import Client

from members.models import Community
from sessions.models import Session
from sessions.topics import Topic, Vote
from sessions.votes import NotTakingPartError, NoVotesLeftError, TopicClosedError, propose_topic, unvote, vote
from tests.factories import MemberFactory, SessionFactory, TopicFactory, VoteFactory

URL = "/sessions/topics/"
NEW = "/sessions/topics/new/"
State = Topic.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_now")]


def titles(response):
    return [topic.title for topic in response.context["page"]]


def cast(client, topic, choice="give", fragment=False, **data):
    headers = {"HX-Request": "true"} if fragment else {}
    return client.post(f"{topic.get_absolute_url()}vote/", {"vote": choice, **data}, headers=headers)


class TestVotes:
    def test_a_vote_counts_once(self, now, lead):
        topic = TopicFactory()
        for _ in range(2):
            vote(topic, lead, now=now)
        assert list(Vote.objects.values_list("topic", "member", "at")) == [(topic.pk, lead.pk, now)]

    def test_three_are_all(self, now, lead):
        for topic in TopicFactory.create_batch(3):
            vote(topic, lead, now=now)
        assert Vote.left_for(lead) == 0
        with pytest.raises(NoVotesLeftError):
            vote(TopicFactory(), lead, now=now)
        assert lead.votes.count() == 3

    @pytest.mark.parametrize(
        ("state", "left"),
        [(State.PROPOSED, 2), (State.OPEN, 2), (State.SCHEDULED, 2), (State.COVERED, 3), (State.SET_ASIDE, 3)],
    )
    def test_a_topic_that_is_done_gives_its_vote_back(self, lead, state, left):
        VoteFactory(member=lead, topic__state=state)
        assert Vote.left_for(lead) == left

    def test_so_does_taking_it_back(self, now, lead):
        topic = TopicFactory()
        vote(topic, lead, now=now)
        unvote(topic, lead)
        unvote(topic, lead)
        assert Vote.left_for(lead) == 3

    @pytest.mark.parametrize("state", [State.SCHEDULED, State.COVERED, State.SET_ASIDE])
    def test_only_what_is_wanted_takes_votes(self, now, lead, state):
        with pytest.raises(TopicClosedError):
            vote(TopicFactory(state=state), lead, now=now)

    def test_what_was_merged_takes_none(self, now, lead):
        with pytest.raises(TopicClosedError):
            vote(TopicFactory(merged_into=TopicFactory()), lead, now=now)

    @pytest.mark.parametrize("stage", [Community.Stage.LEADS, Community.Stage.OPEN, Community.Stage.CLOSED])
    def test_who_takes_part(self, now, lead, aspiring, stage):
        Community.objects.create(pk=1, stage=stage)
        for member, stages in ((lead, {"leads", "open"}), (aspiring, {"open"})):
            if stage in stages:
                propose_topic(Topic(title="x"), by=member, now=now)
                vote(TopicFactory(), member, now=now)
                continue
            with pytest.raises(NotTakingPartError):
                vote(TopicFactory(), member, now=now)
            with pytest.raises(NotTakingPartError):
                propose_topic(Topic(title="x"), by=member, now=now)


class TestVotingOnPages:
    def test_without_javascript_it_leads_back(self, client, lead):
        topic = TopicFactory()
        assert cast(client, topic).headers["Location"] == topic.get_absolute_url()
        assert cast(client, topic, shown="row").headers["Location"] == f"/sessions/topics/#topic-{topic.pk}"
        assert cast(client, topic, "take_back", shown="side").headers["Location"] == "/sessions/"
        assert Vote.objects.count() == 0

    def test_a_fragment_brings_the_button_and_what_is_left(self, client):
        topic = TopicFactory()
        VoteFactory(topic=topic)
        page = cast(client, topic, fragment=True, shown="row").content.decode()
        assert f'<form class="vote-form" id="vote-{topic.pk}"' in page
        assert 'value="take_back" aria-pressed="true"' in page
        assert "<span>2</span><small>votes</small>" in page
        assert 'id="votes-left" hx-swap-oob="true">You have 2 votes left.' in page
        assert '<input type="hidden" name="shown" value="row">' in page

    @pytest.mark.parametrize("fragment", [False, True])
    def test_a_fourth_vote_is_422_with_words(self, client, lead, fragment):
        VoteFactory.create_batch(3, member=lead)
        response = cast(client, TopicFactory(), fragment=fragment)
        assert (response.status_code, lead.votes.count()) == (422, 3)
        assert "Your three votes are given." in response.content.decode()

    @pytest.mark.parametrize("data", [{"vote": ""}, {"vote": "x"}, {"vote": "give", "shown": "x"}, {"vote": "\0"}])
    @pytest.mark.parametrize("fragment", [False, True])
    def test_a_wrong_form_is_422(self, client, data, fragment):
        response = cast(client, TopicFactory(), fragment=fragment, **data) if "vote" in data else None
        assert (response.status_code, Vote.objects.count()) == (422, 0)

    def test_opening_the_address_shows_a_button_and_changes_nothing(self, client):
        topic = TopicFactory()
        response = client.get(f"{topic.get_absolute_url()}vote/?vote=give")
        assert (response.status_code, response.content.decode().count('name="vote"')) == (200, 1)
        assert Vote.objects.count() == 0

    def test_who_does_not_take_part_sees_the_count_and_no_button(self, aspiring, sign_in):
        topic = TopicFactory()
        client = sign_in(aspiring)
        assert 'name="vote"' not in client.get(URL).content.decode()
        assert cast(client, topic).status_code == 403

    def test_a_missing_topic_is_404(self, client):
        assert client.post("/sessions/topics/999999/vote/", {"vote": "give"}).status_code == 404


class TestList:
    def test_most_wanted_first(self, client):
        TopicFactory(title="Some", state=State.PROPOSED)
        for title, count in (("Few", 1), ("Many", 3)):
            VoteFactory.create_batch(count, topic=TopicFactory(title=title))
        assert titles(client.get(URL)) == ["Many", "Few", "Some"]

    def test_by_state_and_format_without_what_was_merged(self, client):
        for title, state, kind in (
            ("Open", State.OPEN, "talk"),
            ("Done", State.COVERED, "talk"),
            ("Aside", State.SET_ASIDE, ""),
            ("Planned", State.SCHEDULED, "workshop"),
        ):
            TopicFactory(title=title, state=state, format=kind)
        TopicFactory(title="Merged", merged_into=Topic.objects.get(title="Open"))
        assert [
            titles(client.get(URL, query))
            for query in (
                {},
                {"state": "covered"},
                {"state": "set_aside"},
                {"state": "scheduled"},
                {"format": "talk"},
                {"format": "workshop"},
            )
        ] == [["Open"], ["Done"], ["Aside"], ["Planned"], ["Open"], []]

    @pytest.mark.parametrize("query", [{"state": "merged"}, {"format": "party"}, {"state": "\0"}])
    def test_an_address_that_makes_no_sense_is_422_with_the_list(self, client, query):
        TopicFactory(title="Open")
        response = client.get(URL, query)
        assert (response.status_code, titles(response)) == (422, ["Open"])

    def test_a_covered_topic_shows_its_sessions_and_no_draft(self, client):
        topic = TopicFactory(state=State.COVERED)
        shown, hidden = SessionFactory(topic=topic), SessionFactory(topic=topic, state=Session.State.DRAFT)
        page = client.get(URL, {"state": "covered"}).content.decode()
        assert (shown.get_absolute_url() in page, hidden.get_absolute_url() in page) == (True, False)

    def test_a_fragment_is_the_list_alone(self, client):
        page = client.get(URL, headers={"HX-Request": "true"}).content.decode()
        assert (page.lstrip().startswith('<div id="topics"'), "<html" in page) == (True, False)


class TestTopicPage:
    def test_shows_why_and_who_and_its_sessions(self, client):
        topic = TopicFactory(title="Saying no", why="It is hard", proposed_by=MemberFactory(name="Ravi"))
        SessionFactory(topic=topic, title="A lab")
        response = client.get(topic.get_absolute_url())
        page = response.content.decode()
        assert [words in page for words in ("Saying no", "It is hard", "Ravi")] == [True, True, True]
        assert [row.session.title for row in response.context["rows"]] == ["A lab"]

    def test_what_was_merged_leads_to_what_it_became(self, client):
        target = TopicFactory()
        response = client.get(TopicFactory(merged_into=target).get_absolute_url())
        assert (response.status_code, response.headers["Location"]) == (301, target.get_absolute_url())

    def test_old_words_in_the_address_lead_to_the_present_ones(self, client):
        topic = TopicFactory()
        response = client.get(f"/sessions/topics/{topic.pk}-old/")
        assert (response.status_code, response.headers["Location"]) == (301, topic.get_absolute_url())
        assert client.get("/sessions/topics/999999/").status_code == 404


class TestProposing:
    def test_it_stands_in_the_list_with_its_proposer(self, client, lead, now):
        response = client.post(NEW, {"title": " Saying\u200b  no ", "why": "Hard", "format": "talk"})
        topic = Topic.objects.get()
        assert response.headers["Location"] == topic.get_absolute_url()
        assert (topic.title, topic.why, topic.format, topic.state) == ("Saying no", "Hard", "talk", State.PROPOSED)
        assert (topic.proposed_by, topic.proposed_at) == (lead, now)

    def test_the_same_form_sent_again_makes_one_topic(self, client):
        key = client.get(NEW).context["form"]["key"].value()
        answers = {client.post(NEW, {"title": "Saying no", "key": key}).headers["Location"] for _ in range(3)}
        assert (len(answers), Topic.objects.count()) == (1, 1)

    @pytest.mark.parametrize(
        "data",
        [{}, {"title": "  "}, {"title": "\u200b"}, {"title": "x" * 161}, {"title": "a\0b"},
         {"title": "x", "format": "party"}, {"title": "x", "why": "y" * 2001}, {"title": "x", "principles": ["999"]},
         {"title": "x", "principles": ["a"]}],
    )  # fmt: skip
    def test_what_is_wrong_is_422_and_keeps_the_words(self, client, data):
        response = client.post(NEW, {"why": "kept words", **data})
        assert (response.status_code, Topic.objects.count()) == (422, 0)
        assert "kept words" in response.content.decode() or "why" in data

    def test_state_and_proposer_are_never_taken_from_the_form(self, client, lead, manager):
        client.post(NEW, {"title": "Mine", "state": "covered", "proposed_by": manager.pk})
        assert list(Topic.objects.values_list("state", "proposed_by")) == [(State.PROPOSED, lead.pk)]

    def test_something_like_it_is_shown_once_before_it_is_stored(self, client):
        TopicFactory(title="Leading a tired team")
        response = client.post(NEW, {"title": "My team is tired"})
        assert (response.status_code, Topic.objects.count()) == (422, 1)
        assert [topic.title for topic in response.context["similar"]] == ["Leading a tired team"]
        assert client.post(NEW, {"title": "My team is tired", "seen": "1"}).status_code == 302
        assert Topic.objects.count() == 2

    def test_while_typing_a_fragment_shows_it(self, client):
        TopicFactory(title="Leading a tired team")
        page = client.get(NEW, {"title": "a tired team"}, headers={"HX-Request": "true"}).content.decode()
        assert page.lstrip().startswith('<div id="similar"')
        assert ("Leading a tired team" in page, "<html" in page) == (True, False)

    @pytest.mark.parametrize(
        ("title", "found"),
        [
            ("tired teams lead", ["Leading a tired team"]),
            ("TIRED", ["Leading a tired team"]),
            ("of a to", []),
            ("", []),
            ("saying tired things to the board", []),
            ("100%_", []),
        ],
    )
    def test_what_counts_as_like_it(self, title, found):
        TopicFactory(title="Leading a tired team")
        TopicFactory(title="Merged tired", merged_into=Topic.objects.get())
        assert [topic.title for topic in Topic.objects.similar_to(title)] == found

    def test_who_does_not_take_part_cannot_propose(self, aspiring, sign_in):
        client = sign_in(aspiring)
        assert (client.get(NEW).status_code, client.post(NEW, {"title": "x"}).status_code) == (403, 403)
        assert Topic.objects.count() == 0

    def test_a_token_is_needed(self, lead):
        client = Client(enforce_csrf_checks=True)
        client.force_login(lead)
        assert (client.post(NEW, {"title": "x"}).status_code, Topic.objects.count()) == (403, 0)


@pytest.mark.parametrize("count", [1, 3, 5, 30])
@pytest.mark.parametrize(("url", "queries"), [(URL, 7), ("topic", 9)])
def test_the_number_of_queries_is_fixed(client, count, url, queries, django_assert_num_queries):
    topic = TopicFactory(proposed_by=MemberFactory())
    for _ in range(count):
        VoteFactory(topic__proposed_by=MemberFactory())
        VoteFactory(topic=topic)
        SessionFactory(topic=topic).leads.add(MemberFactory())
    with django_assert_num_queries(queries):
        client.get(topic.get_absolute_url() if url == "topic" else url)
