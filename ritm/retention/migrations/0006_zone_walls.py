"""Row-level security around the tables of zones and exchange; every client gets his contact clock."""

from django.db import migrations

from ritm.journal.tenancy import wall

TABLES = (
    "retention_contactclock",
    "retention_zonepolicy",
    "retention_zonewarning",
    "retention_claim",
    "retention_exchangeday",
    "retention_exchangeview",
    "retention_feedhealth",
)


class Migration(migrations.Migration):
    dependencies = [("retention", "0005_contact_zones")]
    operations = [
        *(migrations.RunSQL(wall(table), migrations.RunSQL.noop) for table in TABLES),
        migrations.RunSQL(
            """
            CREATE OR REPLACE FUNCTION retention_rhythm_of_new_clients() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO retention_rhythm (client_id, organisation_id, orders, weight, sum1, sum2, rule_version,
                                              status, returned, bought, ltv, year_value, annual_worth)
                SELECT id, organisation_id, 0, 0, 0, 0, 1, 'prospect', false, 0, 0, 0, 0 FROM fresh;
                INSERT INTO retention_contactclock (client_id, organisation_id, zone, policy_version, excuse)
                SELECT id, organisation_id, '', 0, '' FROM fresh;
                RETURN NULL;
            END $$;
            DO $$
            DECLARE office record;
            BEGIN
                PERFORM set_config('ritm.installation', 'on', true);
                FOR office IN SELECT id FROM staff_organisation LOOP
                    PERFORM set_config('ritm.organisation', office.id::text, true);
                    -- Due at once: the clock counts them when it rings next.
                    INSERT INTO retention_contactclock
                        (client_id, organisation_id, zone, policy_version, excuse, next_transition_on)
                    SELECT id, organisation_id, '', 0, '', '2000-01-01' FROM clients_client
                    WHERE organisation_id = office.id;
                END LOOP;
                PERFORM set_config('ritm.organisation', '', true), set_config('ritm.installation', '', true);
            END $$;
            """,
            migrations.RunSQL.noop,
        ),
    ]
