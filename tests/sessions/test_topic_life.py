"""What becomes of topics: covered, not reached, set aside, merged."""

from datetime import timedelta

import pytest

from members.models import Community
from sessions.actions import cancel_session, publish_session
from sessions.models import Session
from sessions.topic_life import NotMergeableError, ReasonMissingError, change_topic, cover_topics, merge_topics
from sessions.topics import Topic, Vote
from sessions.votes import NotTakingPartError, unvote, vote
from tests.factories import MaterialFactory, MemberFactory, PrincipleFactory, SessionFactory, TopicFactory, VoteFactory

pytestmark = pytest.mark.django_db
State = Topic.State


def state_of(topic):
    return Topic.objects.values_list("state", flat=True).get(pk=topic.pk)


def scheduled(now, **fields):
    topic = TopicFactory(state=State.SCHEDULED)
    return topic, SessionFactory(topic=topic, **fields)


class TestCovered:
    def test_when_its_session_is_over(self, now):
        topic, session = scheduled(now)
        cover_topics(session.ends_at - timedelta(seconds=1))
        assert state_of(topic) == State.SCHEDULED
        for _ in range(2):
            cover_topics(session.ends_at)
        assert state_of(topic) == State.COVERED

    def test_not_while_another_one_is_ahead(self, now):
        topic, session = scheduled(now)
        SessionFactory(topic=topic, starts_at=session.starts_at + timedelta(days=14))
        cover_topics(session.ends_at)
        assert state_of(topic) == State.SCHEDULED

    @pytest.mark.parametrize("state", [Session.State.CANCELLED, Session.State.DRAFT, Session.State.DATED])
    def test_not_by_what_did_not_take_place(self, now, state):
        topic, session = scheduled(now, state=state)
        cover_topics(session.ends_at)
        assert state_of(topic) == State.SCHEDULED

    def test_what_was_put_back_stays_on_the_list(self, now):
        topic, session = scheduled(now)
        cover_topics(session.ends_at)
        change_topic(topic, State.OPEN, now=session.ends_at)
        cover_topics(session.ends_at)
        assert state_of(topic) == State.OPEN


class TestVotes:
    def test_a_topic_off_the_list_gives_them_back_and_has_them_again_later(self, now, lead):
        topic = TopicFactory()
        vote(topic, lead, now=now)
        for wanted, left in ((State.COVERED, 3), (State.OPEN, 2), (State.SET_ASIDE, 3), (State.OPEN, 2)):
            change_topic(topic, wanted, "Not now", now=now)
            assert Vote.left_for(lead) == left
        assert topic.votes.count() == 1

    def test_a_topic_that_was_not_reached_returns_with_its_votes(self, now, lead):
        topic = TopicFactory()
        vote(topic, lead, now=now)
        session = SessionFactory(topic=topic, state=Session.State.DATED)
        publish_session(session, now=now)
        assert (state_of(topic), Vote.left_for(lead)) == (State.SCHEDULED, 2)
        cancel_session(session, reason="Flu", now=now)
        assert (state_of(topic), topic.votes.count()) == (State.OPEN, 1)

    def test_none_is_given_or_taken_back_in_an_archive(self, now, lead):
        topic = VoteFactory(member=lead).topic
        Community.objects.create(pk=1, stage=Community.Stage.CLOSED)
        with pytest.raises(NotTakingPartError):
            vote(TopicFactory(), lead, now=now)
        with pytest.raises(NotTakingPartError):
            unvote(topic, lead)
        assert Vote.objects.count() == 1

    def test_the_page_refuses_it_too(self, client, lead):
        topic = VoteFactory(member=lead).topic
        Community.objects.create(pk=1, stage=Community.Stage.CLOSED)
        url = f"{topic.get_absolute_url()}vote/"
        assert [client.post(url, {"vote": wanted}).status_code for wanted in ("give", "take_back")] == [403, 403]
        assert Vote.objects.count() == 1


class TestChanging:
    @pytest.fixture
    def asked(self, facilitator, sign_in):
        topic, client = TopicFactory(), sign_in(facilitator)
        return lambda data: client.post(f"{topic.get_absolute_url()}state/", data)

    def test_set_aside_with_a_reason(self, asked, client):
        assert asked({"state": "set_aside", "reason": " Too big\u200b "}).status_code == 302
        topic = Topic.objects.get()
        assert (topic.state, topic.set_aside_reason) == (State.SET_ASIDE, "Too big")
        assert "Too big" in client.get(topic.get_absolute_url()).content.decode()
        asked({"state": "open"})
        assert Topic.objects.values_list("state", "set_aside_reason").get() == (State.OPEN, "")

    @pytest.mark.parametrize(
        "data",
        [{}, {"state": "party"}, {"state": "scheduled"}, {"state": "set_aside"},
         {"state": "set_aside", "reason": "\u200b"}, {"state": "set_aside", "reason": "x" * 201}],
    )  # fmt: skip
    def test_what_is_wrong_is_422(self, asked, data):
        assert (asked(data).status_code, Topic.objects.get().state) == (422, State.OPEN)

    def test_without_a_reason_nothing_changes(self, now):
        with pytest.raises(ReasonMissingError):
            change_topic(TopicFactory(), State.SET_ASIDE, " ", now=now)

    def test_only_some_states_can_be_wanted(self, now):
        with pytest.raises(ValueError, match="scheduled"):
            change_topic(TopicFactory(), State.SCHEDULED, now=now)

    def test_with_a_session_ahead_it_is_scheduled_again(self, now):
        topic = TopicFactory(state=State.COVERED)
        SessionFactory(topic=topic, starts_at=now + timedelta(days=1))
        change_topic(topic, State.OPEN, now=now)
        assert state_of(topic) == State.SCHEDULED

    def test_members_see_no_such_button(self, client, facilitator, sign_in):
        url = TopicFactory().get_absolute_url()
        assert ["/merge/" in one.get(url).content.decode() for one in (client, sign_in(facilitator))] == [False, True]


class TestMerging:
    def test_votes_are_united_and_the_old_address_leads_on(self, client):
        topic, into = TopicFactory(title="Old"), TopicFactory(title="New")
        both = VoteFactory(topic=topic).member
        VoteFactory(topic=topic)
        VoteFactory(topic=into, member=both)
        merge_topics(topic, into)
        assert (topic.votes.count(), into.votes.count(), Vote.left_for(both)) == (0, 2, 2)
        response = client.get(topic.get_absolute_url())
        assert (response.status_code, response.headers["Location"]) == (301, into.get_absolute_url())
        assert [one["title"] for one in Topic.objects.listed().values("title")] == ["New"]

    def test_sessions_and_materials_go_along(self):
        topic, into = TopicFactory(state=State.SCHEDULED), TopicFactory()
        session, material, principle = SessionFactory(topic=topic), MaterialFactory(), PrincipleFactory()
        topic.materials.add(material)
        topic.principles.add(principle)
        merge_topics(topic, into)
        assert (list(into.sessions.all()), list(into.materials.all())) == ([session], [material])
        assert (list(into.principles.all()), state_of(into)) == ([principle], State.SCHEDULED)

    def test_what_was_merged_before_goes_along(self, client):
        first, second, third = TopicFactory.create_batch(3)
        merge_topics(first, second)
        merge_topics(second, third)
        assert client.get(first.get_absolute_url()).headers["Location"] == third.get_absolute_url()

    def test_not_into_itself_nor_into_a_part_of_another(self):
        topic, into, other = TopicFactory.create_batch(3)
        merge_topics(topic, into)
        for pair in ((other, other), (topic, other), (other, topic)):
            with pytest.raises(NotMergeableError):
                merge_topics(*pair)

    def test_the_page_merges(self, facilitator, sign_in):
        topic, into = TopicFactory(title="Tired teams"), TopicFactory(title="Leading a tired team")
        client, url = sign_in(facilitator), f"{topic.get_absolute_url()}merge/"
        assert "Leading a tired team" in client.get(url).content.decode()
        response = client.post(url, {"into": into.pk}, follow=True)
        assert response.redirect_chain == [(into.get_absolute_url(), 302)]
        assert Topic.objects.get(pk=topic.pk).merged_into == into
        assert client.get(url).status_code == 404

    @pytest.mark.parametrize("into", ["", "x", "999", "itself"])
    def test_what_is_wrong_is_422(self, facilitator, sign_in, into):
        topic = TopicFactory()
        data = {"into": topic.pk if into == "itself" else into}
        response = sign_in(facilitator).post(f"{topic.get_absolute_url()}merge/", data)
        assert (response.status_code, Topic.objects.get().merged_into) == (422, None)


class TestInTheAdminSite:
    URL = "/admin/cop_sessions/topic/"

    def post(self, client, topics, **data):
        return client.post(self.URL, {"action": "merge", "_selected_action": [one.pk for one in topics], **data})

    def test_two_are_merged_after_a_question(self, admin, sign_in):
        client, topics = sign_in(admin), TopicFactory.create_batch(2)
        VoteFactory(topic=topics[1], member=MemberFactory())
        page = self.post(client, topics)
        assert (page.status_code, page.context["form"].initial["stays"]) == (200, topics[1])
        assert Topic.objects.filter(merged_into=None).count() == 2
        assert self.post(client, topics, stays=topics[0].pk).status_code == 302
        assert list(Topic.objects.filter(merged_into=topics[0])) == [topics[1]]
        assert topics[0].votes.count() == 1

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_takes_two(self, admin, sign_in, count):
        assert self.post(sign_in(admin), TopicFactory.create_batch(count)).status_code == 302
        assert Topic.objects.filter(merged_into=None).count() == count

    def test_who_stays_is_one_of_the_two(self, admin, sign_in):
        topics, other = TopicFactory.create_batch(2), TopicFactory()
        assert self.post(sign_in(admin), topics, stays=other.pk).status_code == 200
        assert Topic.objects.filter(merged_into=None).count() == 3
