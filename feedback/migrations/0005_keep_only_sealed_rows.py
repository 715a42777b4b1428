from django.db import migrations, models

import feedback.models


class Migration(migrations.Migration):
    dependencies = [("feedback", "0004_seal_open_rows")]
    operations = [
        migrations.RemoveField("ballot", "members"),
        migrations.RemoveField("ballot", "counts"),
        migrations.RemoveField("ballot", "texts"),
        migrations.AlterField(
            "ballot", "sealed", models.BinaryField(default=feedback.models.nothing_yet, editable=False)
        ),
    ]
