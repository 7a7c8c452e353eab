"""Rows that wait, were refused or kept are found at once; built beside the running site, it holds nobody up."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("journal", "0005_batches_that_run_as_jobs")]
    operations = [
        AddIndexConcurrently(
            model_name="batchrow",
            index=models.Index(
                condition=models.Q(("state", "done"), _negated=True),
                fields=["batch", "state", "id"],
                name="batchrow_not_done",
            ),
        ),
    ]
