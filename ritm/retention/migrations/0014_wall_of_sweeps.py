"""Row-level security around sweeps."""

from django.db import migrations

from ritm.journal.tenancy import wall


class Migration(migrations.Migration):
    dependencies = [("retention", "0013_sweep")]
    operations = [migrations.RunSQL(wall("retention_sweep"), migrations.RunSQL.noop)]
