"""Row-level security around every table of the room."""

from django.db import migrations

from ritm.journal.tenancy import ORGANISATION, PERSON, wall

TABLES = (
    "staff_unit",
    "staff_role",
    "staff_grant",
    "staff_assignment",
    "staff_team",
    "staff_membership",
    "staff_invitation",
    "staff_specialday",
)


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_first_nouns")]
    operations = [
        *(migrations.RunSQL(wall(table), migrations.RunSQL.noop) for table in TABLES),
        # A person sees his own places everywhere, and the organisations he works for: the switcher needs both.
        migrations.RunSQL(
            wall("staff_employee", rule=f"organisation_id = {ORGANISATION} OR person_id = {PERSON}"),
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            wall(
                "staff_organisation",
                rule=f"id = {ORGANISATION} OR current_setting('ritm.installation', true) = 'on'"
                f" OR EXISTS (SELECT 1 FROM staff_employee e WHERE e.organisation_id = staff_organisation.id"
                f" AND e.person_id = {PERSON})",
            ),
            migrations.RunSQL.noop,
        ),
    ]
