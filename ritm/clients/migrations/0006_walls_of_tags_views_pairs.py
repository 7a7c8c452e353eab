"""Row-level security around the new tables."""

from django.db import migrations

from ritm.journal.tenancy import wall

TABLES = ("clients_tag", "clients_tagging", "clients_savedview", "clients_pair")


class Migration(migrations.Migration):
    dependencies = [("clients", "0005_tags_views_pairs")]
    operations = [
        *(migrations.RunSQL(wall(table), migrations.RunSQL.noop) for table in TABLES),
    ]
