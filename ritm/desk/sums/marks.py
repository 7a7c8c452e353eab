"""The SQL of the triggers that mark what appeared and what went: in the log, in the ledger, in the archive."""

from __future__ import annotations

# A statement over more rows than this leaves one mark, of everybody.
MANY = 20_000

_STATEMENT = """
CREATE OR REPLACE FUNCTION desk_change_{table}_{event}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF (SELECT count(*) FROM (SELECT FROM {rows} LIMIT {many} + 1) AS counted) > {many} THEN
        INSERT INTO desk_change (organisation_id, kind, sign) SELECT organisation_id, '', 0 FROM {rows} LIMIT 1;
    ELSE
        {marks}
    END IF;
    RETURN NULL;
END $body$;
DROP TRIGGER IF EXISTS desk_change_{event} ON {table};
CREATE TRIGGER desk_change_{event} AFTER {event} ON {table} REFERENCING {tables}
    FOR EACH STATEMENT EXECUTE FUNCTION desk_change_{table}_{event}();
"""
_PASSAGE = """
INSERT INTO desk_change (organisation_id, kind, sign, client_id, row_id, day, was, state, owner_id, worth)
SELECT organisation_id, clock, {sign}, client_id, id, "on", was, became, owner_id, worth FROM {rows};
"""
_TENURE = """
INSERT INTO desk_change (organisation_id, kind, sign, client_id, row_id, begins, ends, owner_id)
SELECT r.organisation_id, 'owner', {sign}, r.client_id, r.id, lower(r.span), upper(r.span), r.owner_id FROM {rows} r
"""
_DIFFERS = """
JOIN {other} o USING (id) WHERE (r.client_id, r.owner_id, r.span) IS DISTINCT FROM (o.client_id, o.owner_id, o.span);
"""
# Rows whose mark does not differ are not even queued for this trigger.
_ARCHIVE = """
CREATE OR REPLACE FUNCTION desk_change_archive() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO desk_change (organisation_id, kind, sign, client_id, row_id, begins)
    SELECT NEW.organisation_id, 'archive', m.sign, NEW.id, 0, m.at
    FROM (VALUES (-1, OLD.archived_at), (1, NEW.archived_at)) AS m (sign, at) WHERE m.at IS NOT NULL;
    RETURN NULL;
END $body$;
DROP TRIGGER IF EXISTS desk_change_archive ON clients_client;
CREATE TRIGGER desk_change_archive AFTER UPDATE ON clients_client FOR EACH ROW
    WHEN (OLD.archived_at IS DISTINCT FROM NEW.archived_at) EXECUTE FUNCTION desk_change_archive();
"""
_ARCHIVE_GONE = """
CREATE OR REPLACE FUNCTION desk_change_archive_gone() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO desk_change (organisation_id, kind, sign, client_id, row_id, begins)
    VALUES (OLD.organisation_id, 'archive', -1, OLD.id, 0, OLD.archived_at);
    RETURN NULL;
END $body$;
DROP TRIGGER IF EXISTS desk_change_archive_gone ON clients_client;
CREATE TRIGGER desk_change_archive_gone AFTER DELETE ON clients_client FOR EACH ROW
    WHEN (OLD.archived_at IS NOT NULL) EXECUTE FUNCTION desk_change_archive_gone();
"""
NEW, OLD = "NEW TABLE AS new_rows", "OLD TABLE AS old_rows"


def _on(table: str, event: str, marks: str) -> str:
    tables = {"insert": NEW, "delete": OLD, "update": f"{OLD} {NEW}"}[event]
    rows = "old_rows" if event == "delete" else "new_rows"
    return _STATEMENT.format(table=table, event=event, rows=rows, many=MANY, marks=marks, tables=tables)


def of_passages() -> str:
    """This function will give the SQL of the triggers on the log, which is never updated."""
    return "".join(
        _on("retention_transition", event, _PASSAGE.format(sign=sign, rows=rows))
        for event, sign, rows in (("insert", 1, "new_rows"), ("delete", -1, "old_rows"))
    )


def of_owners() -> str:
    """This function will give the SQL of the triggers on the ledger of tenures and on the archive."""
    gone = _TENURE.format(sign=-1, rows="old_rows")
    came = _TENURE.format(sign=1, rows="new_rows")
    changed = gone + _DIFFERS.format(other="new_rows") + came + _DIFFERS.format(other="old_rows")
    return (
        _on("clients_tenure", "insert", f"{came};")
        + _on("clients_tenure", "delete", f"{gone};")
        + _on("clients_tenure", "update", changed)
        + _ARCHIVE
        + _ARCHIVE_GONE
    )
