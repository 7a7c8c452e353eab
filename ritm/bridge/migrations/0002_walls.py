"""Row-level security around every table of the room."""

from django.db import migrations

from ritm.journal.tenancy import wall

TABLES = (
    "bridge_import",
    "bridge_problem",
    "bridge_mappingmemory",
)


class Migration(migrations.Migration):
    dependencies = [("bridge", "0001_first_nouns")]
    operations = [
        *(migrations.RunSQL(wall(table), migrations.RunSQL.noop) for table in TABLES),
    ]
