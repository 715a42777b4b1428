"""Polls of earlier versions: their open rows are sealed, their results released."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from feedback.wiping import wipe_leftovers
from tests.factories import SessionFactory


@pytest.fixture
def at(now):
    """Call it with a migration of feedback: the models as they were then. Afterwards all is as it should be."""

    def migrate(name):
        executor = MigrationExecutor(connection)
        executor.migrate([("feedback", name)])
        return MigrationExecutor(connection).loader.project_state([("feedback", name)]).apps

    yield migrate
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def poll_of(apps, now, **fields):
    core = apps.get_model("feedback", "QuestionSet").objects.get_or_create(scope="core", version=1)[0]
    session = SessionFactory(starts_at=now)
    return apps.get_model("feedback", "Poll").objects.create(
        session_id=session.pk, core=core, opens_at=now, closes_at=now, **fields
    )


@pytest.mark.django_db(transaction=True)
def test_open_rows_are_sealed_and_closed_polls_released(at, now):
    old = at("0002_ship_questions")
    said = {"members": [3, 7], "counts": {"worth": {"4": 2}}, "texts": {"topic": ["Labs"]}}
    is_open = poll_of(old, now)
    old.get_model("feedback", "Ballot").objects.create(poll=is_open, **said)
    closed = [poll_of(old, now, closed_at=now, answered=number, weeks=2, what_changed="x").pk for number in (6, 3, 2)]
    new = at("0008_release_what_closed")
    from feedback.models import Ballot

    assert vars(Ballot.objects.get().content) == said
    polls = new.get_model("feedback", "Poll").objects
    assert polls.get(pk=is_open.pk).unwiped == 1
    assert [polls.get(pk=pk).unit_id for pk in closed] == [closed[0], closed[2], closed[2]]
    assert polls.get(pk=closed[0]).what_changed_at == now
    wipe_leftovers(now)
    assert polls.get(pk=is_open.pk).unwiped == 0
