"""Row-level security around the tables of own fields."""

from django.db import migrations

from ritm.journal.tenancy import wall

TABLES = ("clients_ownfield", "clients_ownoption", "clients_clientvalue")


class Migration(migrations.Migration):
    dependencies = [("clients", "0007_own_fields")]
    operations = [
        *(migrations.RunSQL(wall(table), migrations.RunSQL.noop) for table in TABLES),
        # One field's values are not another's: without this the planner takes 'more than 100' for equally frequent
        # in all of them.
        migrations.RunSQL(
            "CREATE STATISTICS clientvalue_numbers (mcv) ON field_id, number FROM clients_clientvalue;"
            "CREATE STATISTICS clientvalue_options (mcv) ON field_id, option_id FROM clients_clientvalue;"
            "CREATE STATISTICS clientvalue_flags (mcv) ON field_id, flag FROM clients_clientvalue;"
            "CREATE STATISTICS clientvalue_dates (mcv) ON field_id, date FROM clients_clientvalue;",
            "DROP STATISTICS clientvalue_numbers, clientvalue_options, clientvalue_flags, clientvalue_dates;",
        ),
    ]
