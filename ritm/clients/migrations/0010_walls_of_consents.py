"""Row-level security around the tables of consents."""

from django.db import migrations

from ritm.journal.tenancy import wall

TABLES = ("clients_consenttext", "clients_consent")


class Migration(migrations.Migration):
    dependencies = [("clients", "0009_consents")]
    operations = [
        *(migrations.RunSQL(wall(table), migrations.RunSQL.noop) for table in TABLES),
    ]
