"""What stood before the check is looked at: the table stays open to readers and writers."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("conversations", "0005_attachments_and_directions")]
    operations = [ValidateConstraint(model_name="interaction", name="interaction_kind_and_direction")]
