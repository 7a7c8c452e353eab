"""The trail stays append-only, but for one thing that the law demands: what names a person who asks to be forgotten."""

from django.db import migrations

BEFORE = """
CREATE OR REPLACE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""

# Within an erasure the payload alone may change: who did what to which client, and when, stands for ever.
AFTER = """
CREATE OR REPLACE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('ritm.erasure', true) = 'on' THEN
        IF to_jsonb(NEW) - 'payload' = to_jsonb(OLD) - 'payload' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_audit_by_author_and_kind")]
    operations = [migrations.RunSQL(AFTER, BEFORE)]
