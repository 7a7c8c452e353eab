"""Flows between states are counted from an index alone, of everybody and of some owners."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0008_walls_of_own_fields"),
        ("retention", "0008_backtest_walls"),
        ("staff", "0003_sessions_people_see"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="transition",
            name="transition_flow",
        ),
        migrations.AddIndex(
            model_name="transition",
            index=models.Index(
                fields=["organisation", "clock", "on", "became"],
                include=("was", "owner_id", "worth"),
                name="transition_flow",
            ),
        ),
        migrations.AddIndex(
            model_name="transition",
            index=models.Index(
                fields=["organisation", "owner_id", "clock", "on"],
                include=("was", "became", "worth"),
                name="transition_of_owner",
            ),
        ),
    ]
