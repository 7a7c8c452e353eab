"""Row-level security around the demo's note; the installation may list it, as it lists organisations."""

from django.db import migrations

from ritm.journal.tenancy import ORGANISATION, wall


class Migration(migrations.Migration):
    dependencies = [("demo", "0001_note_demo_companies")]
    operations = [
        migrations.RunSQL(
            wall(
                "demo_company",
                rule=f"organisation_id = {ORGANISATION} OR current_setting('ritm.installation', true) = 'on'",
            ),
            migrations.RunSQL.noop,
        )
    ]
