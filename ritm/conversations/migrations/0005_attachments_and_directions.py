"""Files of conversations, walled; and which directions a kind may have."""

import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from ritm.journal.tenancy import wall


class Migration(migrations.Migration):
    dependencies = [
        ("clients", "0006_walls_of_tags_views_pairs"),
        ("conversations", "0004_report_by_day"),
        ("staff", "0003_sessions_people_see"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200, verbose_name="file")),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("stored", models.CharField(max_length=100, unique=True)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="interaction",
            name="files",
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        # Holds at once for what is written; 0006 looks at what stands already, without stopping anybody.
        AddConstraintNotValid(
            model_name="interaction",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("direction", "none"), ("duration_seconds", None), ("kind", "note"), ("result", "")),
                    models.Q(
                        ("direction__in", ["in", "out"]),
                        ("duration_seconds", None),
                        ("kind__in", ["letter", "message"]),
                    ),
                    models.Q(("direction__in", ["in", "out"]), ("kind__in", ["call", "meeting"])),
                    _connector="OR",
                ),
                name="interaction_kind_and_direction",
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="client",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="clients.client"),
        ),
        migrations.AddField(
            model_name="attachment",
            name="created_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="staff.employee",
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="interaction",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="conversations.interaction"
            ),
        ),
        migrations.AddField(
            model_name="attachment",
            name="organisation",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="staff.organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="attachment_has_content"),
        ),
        migrations.RunSQL(wall("conversations_attachment"), migrations.RunSQL.noop),
    ]
