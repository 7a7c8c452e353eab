"""Row-level security around every table of the room."""

from django.db import migrations

from ritm.journal.tenancy import wall

TABLES = (
    "journal_entry",
    "journal_delivery",
    "journal_batch",
    "journal_batchrow",
)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_first_nouns")]
    operations = [
        *(migrations.RunSQL(wall(table), migrations.RunSQL.noop) for table in TABLES),
        # The audit trail is append-only for everybody, the owner of the table included.
        migrations.RunSQL(
            """
            CREATE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
            END $$;
            CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON journal_entry
                FOR EACH ROW EXECUTE FUNCTION journal_append_only();
            CREATE TRIGGER never_emptied BEFORE TRUNCATE ON journal_entry
                FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only();
            """,
            "DROP TRIGGER append_only ON journal_entry; DROP TRIGGER never_emptied ON journal_entry;"
            "DROP FUNCTION journal_append_only();",
        ),
    ]
