from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("feedback", "0002_ship_questions")]
    operations = [
        migrations.AddField("ballot", "sealed", models.BinaryField(null=True, editable=False)),
        migrations.AddField(
            "poll",
            "unwiped",
            models.PositiveIntegerField(
                default=0, editable=False, help_text="writes of its open row whose traces are still to be wiped"
            ),
        ),
    ]
