"""
Foreign keys of tables that rows enter by the million, checked once a statement instead of once a row.

PostgreSQL looks each referenced row up row by row: a million order lines wait longer for that than for being written.
The triggers here keep the same promise with one look-up per distinct key: a reference to nothing is refused, a row that
is referred to cannot be deleted, and whoever refers to a row holds it (FOR KEY SHARE) until the end, so that two
transactions cannot break it between them. They see through the wall, hence refuse another organisation's rows too.
See docs/adr/0013-rows-by-the-million.md.
"""

from __future__ import annotations

from dataclasses import dataclass

# Whatever the first statement of a session was like, its plan serves those after it: a look-up per key into the index.
_LOOK_UP = "SET enable_hashjoin = off SET enable_mergejoin = off SET enable_seqscan = off"

_STAND = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql {look_up} AS $$
DECLARE
    wanted bigint;
    held bigint;
BEGIN
    SELECT count(*) INTO wanted FROM (SELECT FROM fresh WHERE {column} IS NOT NULL GROUP BY {column}) k;
    PERFORM FROM (SELECT DISTINCT {column} AS id FROM fresh) k JOIN {target} t ON t.id = k.id FOR KEY SHARE OF t;
    GET DIAGNOSTICS held = ROW_COUNT;
    IF held < wanted THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'insert or update on table "{table}" violates foreign key constraint "{name}"',
            TABLE = '{table}', CONSTRAINT = '{name}';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER {name}_on_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION {name}('{column}', '{target}');
CREATE TRIGGER {name}_on_update AFTER UPDATE ON {table} REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION {name}('{column}', '{target}');
"""
_STAY = """
CREATE FUNCTION {name}_stay() RETURNS trigger LANGUAGE plpgsql {look_up} AS $$
BEGIN
    IF EXISTS (SELECT FROM gone g JOIN {table} r ON r.{column} = g.id) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'delete on table "{target}" violates foreign key constraint "{name}" on table "{table}"',
            TABLE = '{table}', CONSTRAINT = '{name}';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER {name}_stay AFTER DELETE ON {target} REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION {name}_stay();
CREATE FUNCTION {name}_same() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id THEN
        RAISE foreign_key_violation USING MESSAGE = 'a row of table "{target}" keeps its id';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER {name}_same AFTER UPDATE OF id ON {target} FOR EACH ROW EXECUTE FUNCTION {name}_same();
"""
_DROP = """
DROP FUNCTION {name}() CASCADE;
DROP FUNCTION {name}_stay() CASCADE;
DROP FUNCTION {name}_same() CASCADE;
"""
# The triggers that refuse references to nothing, with what they look at.
TRIGGERS = """
SELECT t.tgrelid::regclass::text, quote_ident(t.tgname),
    split_part(encode(t.tgargs, 'escape'), '\\000', 1), split_part(encode(t.tgargs, 'escape'), '\\000', 2)
FROM pg_trigger t WHERE t.tgname LIKE 'key\\_%%on\\_insert' AND t.tgrelid = ANY(%s::regclass[]) ORDER BY 1, 2
"""


@dataclass(frozen=True)
class BulkKey:
    """The key `table`.`column` → `target`.id; the column has an index of its own."""

    table: str
    column: str
    target: str

    @property
    def sql(self) -> str:
        """This property is the SQL that sets the key up."""
        return (_STAND + _STAY).format(**self._words)

    @property
    def reverse_sql(self) -> str:
        """This property is the SQL that takes it away."""
        return _DROP.format(**self._words)

    @property
    def _words(self) -> dict[str, str]:
        return {
            "name": f"key_{self.table}_{self.column}",
            "table": self.table,
            "column": self.column,
            "target": self.target,
            "look_up": _LOOK_UP,
        }
