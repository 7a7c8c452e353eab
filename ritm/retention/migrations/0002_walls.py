"""Row-level security around every table of the room."""

from django.db import migrations

from ritm.journal.tenancy import wall

TABLES = (
    "retention_rhythm",
    "retention_transition",
    "retention_prior",
    "retention_rhythmrule",
)


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_first_nouns"), ("journal", "0002_walls"), ("clients", "0002_walls")]
    operations = [
        *(migrations.RunSQL(wall(table), migrations.RunSQL.noop) for table in TABLES),
        # Every client has his rhythm row from his first moment: lists can join without losing anybody.
        migrations.RunSQL(
            """
            CREATE FUNCTION retention_rhythm_of_new_clients() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO retention_rhythm (client_id, organisation_id, orders, weight, sum1, sum2, rule_version,
                                              status, returned, bought, ltv, year_value, annual_worth)
                SELECT id, organisation_id, 0, 0, 0, 0, 1, 'prospect', false, 0, 0, 0, 0 FROM fresh;
                RETURN NULL;
            END $$;
            CREATE TRIGGER retention_rhythm_row AFTER INSERT ON clients_client
                REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION retention_rhythm_of_new_clients();
            CREATE TRIGGER append_only BEFORE UPDATE ON retention_transition
                FOR EACH ROW EXECUTE FUNCTION journal_append_only();
            """,
            "DROP TRIGGER retention_rhythm_row ON clients_client; DROP FUNCTION retention_rhythm_of_new_clients();"
            "DROP TRIGGER append_only ON retention_transition;",
        ),
    ]
