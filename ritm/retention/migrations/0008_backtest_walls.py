"""Row-level security around back-tests and their rows."""

from django.db import migrations

from ritm.journal.tenancy import wall

TABLES = ("retention_backtest", "retention_backtestcase")


class Migration(migrations.Migration):
    dependencies = [("retention", "0007_backtests")]
    operations = [*(migrations.RunSQL(wall(table), migrations.RunSQL.noop) for table in TABLES)]
