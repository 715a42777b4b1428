from django.db import migrations

from cop_portal.lib.content import shipped_content

FOR_ABSENT, REQUIRED = {"rhythm", "topic"}, {"worth"}


def ship(apps, schema_editor):
    """The questions that come with the portal; from then on admins own them."""
    sets, questions = apps.get_model("feedback", "QuestionSet"), apps.get_model("feedback", "Question")
    for scope, entries in shipped_content()["feedback_questions"].items():
        made = sets.objects.create(scope=scope, version=1)
        questions.objects.bulk_create(
            questions(
                set=made,
                position=position,
                key=entry["key"],
                type=entry["type"],
                text=entry["text"],
                options=entry.get("options", []),
                low=entry.get("low", ""),
                high=entry.get("high", ""),
                for_absent=entry["key"] in FOR_ABSENT,
                required=entry["key"] in REQUIRED,
            )
            for position, entry in enumerate(entries)
        )


class Migration(migrations.Migration):
    dependencies = [("feedback", "0001_initial")]
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
