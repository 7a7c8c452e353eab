"""Row-level security around the history of silences. (A hold of this day writes its row with the next ring.)"""

from django.db import migrations

from ritm.journal.tenancy import wall


class Migration(migrations.Migration):
    dependencies = [("retention", "0011_history_of_silences")]
    operations = [migrations.RunSQL(wall("retention_feedsilence"), migrations.RunSQL.noop)]
