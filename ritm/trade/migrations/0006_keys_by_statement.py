"""References of orders and lines are checked once a statement: see docs/adr/0013-rows-by-the-million.md."""

import django.db.models.deletion
from django.db import migrations, models

from ritm.journal.bulk_keys import BulkKey

KEYS = (
    BulkKey("trade_order", "client_id", "clients_client"),
    BulkKey("trade_line", "order_id", "trade_order"),
    BulkKey("trade_line", "product_id", "trade_product"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("trade", "0005_organisations_by_the_wall"),
    ]

    operations = [
        migrations.AlterField(
            model_name="line",
            name="order",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="trade.order",
            ),
        ),
        migrations.AlterField(
            model_name="line",
            name="product",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="trade.product",
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="client",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clients.client",
            ),
        ),
        *(migrations.RunSQL(key.sql, key.reverse_sql) for key in KEYS),
    ]
