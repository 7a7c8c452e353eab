"""Zones are counted too: a zone's passage marks its client's owner."""

from django.db import migrations

from ritm.desk.tally import marks_of_clock


class Migration(migrations.Migration):
    dependencies = [("desk", "0004_tallies_of_owners"), ("retention", "0006_zone_walls")]
    operations = [
        migrations.RunSQL(marks_of_clock("retention_contactclock", ("zone",)), migrations.RunSQL.noop),
    ]
