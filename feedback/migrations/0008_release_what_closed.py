from itertools import groupby

from django.db import migrations

from feedback.results import release_units


def release(apps, schema_editor):
    """Polls that closed before, as if each had been released at its close."""
    polls = apps.get_model("feedback", "Poll").objects
    closed = polls.exclude(closed_at=None).order_by("closes_at", "pk")
    for (_weeks, k), run in groupby(closed, key=lambda poll: (poll.weeks, poll.k)):
        run = list(run)
        for unit in release_units([poll.answered for poll in run], k=k):
            members = [run[index].pk for index in unit]
            polls.filter(pk__in=members).update(unit=members[-1])
    for poll in polls.exclude(what_changed=""):
        polls.filter(pk=poll.pk).update(what_changed_at=poll.closed_at)


class Migration(migrations.Migration):
    dependencies = [("feedback", "0007_release_together")]
    operations = [migrations.RunPython(release, migrations.RunPython.noop)]
