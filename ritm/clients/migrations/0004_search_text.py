"""The one formula of what 'search by any part' looks into; operations.search and bulk imports both use it."""

from django.db import migrations

FUNCTION = r"""
CREATE FUNCTION clients_search_text(
    name text, full_name text, inn text, external_id text, phones text[], emails text[], contacts text[]
) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT replace(lower(concat_ws(' ',
        name,
        NULLIF(NULLIF(full_name, ''), name),
        NULLIF(inn, ''),
        external_id,
        -- Numbers as people type them: without +7 or 8, without what follows the extension's mark.
        (SELECT string_agg(regexp_replace(regexp_replace(p, '^\+7?', ''), 'x.*$', ''), ' ' ORDER BY i)
           FROM unnest(phones) WITH ORDINALITY AS u(p, i)),
        NULLIF(array_to_string(emails, ' '), ''),
        NULLIF(array_to_string(contacts, ' '), '')
    )), 'ё', 'е')
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("clients", "0003_names_in_any_case")]
    operations = [
        migrations.RunSQL(
            FUNCTION,
            "DROP FUNCTION clients_search_text(text, text, text, text, text[], text[], text[])",
        ),
    ]
