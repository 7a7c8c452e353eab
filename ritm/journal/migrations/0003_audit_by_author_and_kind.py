"""The audit trail is filtered by author and by kind of news: both newest first, as it is paged."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_walls")]
    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                condition=models.Q(employee_id__isnull=False),
                fields=["organisation_id", "employee_id", "-id"],
                name="entry_by_author",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["organisation_id", "event", "-id"], name="entry_by_event"),
        ),
    ]
