"""Row-level security around every table of the room."""

from django.db import migrations

from ritm.journal.tenancy import wall

TABLES = (
    "clients_client",
    "clients_contact",
    "clients_phone",
    "clients_email",
    "clients_address",
    "clients_requisites",
    "clients_tenure",
)


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_first_nouns")]
    operations = [
        *(migrations.RunSQL(wall(table), migrations.RunSQL.noop) for table in TABLES),
    ]
