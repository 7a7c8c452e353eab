"""A batch may run as a job: it keeps its plan, and chooses its rows at the start. Defaults stand in the database."""

from django.db import migrations, models

ROW = [("chosen", "waits"), ("done", "done"), ("refused", "refused"), ("restored", "put back"), ("kept", "kept")]
BATCH = [
    ("running", "running"),
    ("done", "done"),
    ("failed", "stopped by an error"),
    ("cancelled", "stopped by hand"),
    ("undoing", "being undone"),
    ("undone", "undone"),
]


class Migration(migrations.Migration):
    dependencies = [("journal", "0004_erasure_on_request")]
    operations = [
        migrations.AddField(
            model_name="batch",
            name="plan",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="state",
            field=models.CharField(choices=ROW, db_default="done", default="done", max_length=10),
        ),
        migrations.AddField(
            model_name="batchrow",
            name="why",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AlterField(
            model_name="batch",
            name="state",
            field=models.CharField(choices=BATCH, default="running", max_length=10),
        ),
    ]
