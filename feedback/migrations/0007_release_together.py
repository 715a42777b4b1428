import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("feedback", "0006_add_alignment_and_health")]
    operations = [
        migrations.AddField(
            "poll",
            "unit",
            models.ForeignKey(
                editable=False,
                help_text="the poll whose close completed what is released together with this one; none while it waits",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="released",
                to="feedback.poll",
            ),
        ),
        migrations.AddField("poll", "what_changed_at", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.AddField("comment", "is_reported", models.BooleanField(default=False)),
        migrations.AlterField(
            "comment",
            "hidden_reason",
            models.CharField(
                blank=True, help_text="Everyone can read the reason.", max_length=200, verbose_name="why it is hidden"
            ),
        ),
    ]
