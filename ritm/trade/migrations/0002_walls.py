"""Row-level security around every table of the room."""

from django.db import migrations

from ritm.journal.tenancy import wall

TABLES = (
    "trade_productgroup",
    "trade_product",
    "trade_order",
    "trade_line",
    "trade_payment",
)


class Migration(migrations.Migration):
    dependencies = [("trade", "0001_first_nouns")]
    operations = [
        *(migrations.RunSQL(wall(table), migrations.RunSQL.noop) for table in TABLES),
    ]
