"""Row-level security around notices and wishes."""

from django.db import migrations

from ritm.journal.tenancy import wall

TABLES = ("desk_notice", "desk_noticewish")


class Migration(migrations.Migration):
    dependencies = [("desk", "0006_notices")]
    operations = [
        *(migrations.RunSQL(wall(table), migrations.RunSQL.noop) for table in TABLES),
    ]
