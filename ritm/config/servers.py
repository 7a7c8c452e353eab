"""
The preparation of any PostgreSQL server that we use, embedded or somebody's own.

It is the only thing done as superuser: the role the application works under (never a superuser, never past row-level
security), a template database with a Unicode locale and our extensions, and the LEAKPROOF marks that let trigram
search use its index behind row-level security (docs/adr/0002-leakproof-search.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from ritm.config.postgres import ROLE, parse_url

TEMPLATE = "ritm_template"
EXTENSIONS = ("pg_trgm", "btree_gist", "btree_gin")

# Comparisons that PostgreSQL does not mark leakproof although they reveal nothing but their result. Without the
# mark a row-level policy keeps them out of index conditions, and a search reads the whole table.
LEAKPROOF = (
    "texticlike(text, text)",
    "textlike(text, text)",
    "numeric_eq(numeric, numeric)",
    "numeric_lt(numeric, numeric)",
    "numeric_le(numeric, numeric)",
    "numeric_gt(numeric, numeric)",
    "numeric_ge(numeric, numeric)",
    "arrayoverlap(anyarray, anyarray)",
)


def prepare(url: str, database: str) -> None:
    """
    This function will prepare a server as superuser: the role, the template database, the application's database.

    `url` is a superuser's URL of any database on the server. Running it again changes nothing.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        version = connection.info.server_version
        if version < 150000:
            raise RuntimeError(f"Ritm needs PostgreSQL 15 or later; this is {connection.info.server_version // 10000}")
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS CREATEDB").format(sql.Identifier(ROLE))
            )
        locale = (
            "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
            if version >= 170000
            else "LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        )
        _drop_deaf_template(connection)
        for name, template in ((TEMPLATE, "template0"), (database, TEMPLATE)):
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                continue
            tail = f" ENCODING 'UTF8' {locale}" if template == "template0" else ""
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(ROLE), sql.Identifier(template)
                )
                + sql.SQL(tail)
            )
            if name == TEMPLATE:
                connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(name)))
                with psycopg.connect(url, dbname=name, autocommit=True) as inside:
                    furnish(inside)
        with psycopg.connect(url, dbname=database, autocommit=True) as inside:
            furnish(inside)


def tune(url: str, settings: Mapping[str, str]) -> None:
    """This function will write settings of our own embedded server, as superuser; some wait for its next start."""
    with psycopg.connect(url, autocommit=True) as connection:
        for key, value in settings.items():
            connection.execute(f"ALTER SYSTEM SET {key} = {value}".encode())
        connection.execute("SELECT pg_reload_conf()")


def _drop_deaf_template(connection: psycopg.Connection[Any]) -> None:
    """A template made with LC_CTYPE 'C' is made anew: to pg_trgm no Cyrillic letter is a letter there."""
    row = connection.execute("SELECT datctype FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone()
    if row is not None and row[0] in ("C", "POSIX"):
        name = sql.Identifier(TEMPLATE)
        connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(name))
        connection.execute(sql.SQL("DROP DATABASE {}").format(name))


def furnish(connection: psycopg.Connection[Any]) -> None:
    """This function will add extensions and LEAKPROOF marks to the connected database, as superuser."""
    for extension in EXTENSIONS:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    for function in LEAKPROOF:
        connection.execute(sql.SQL("ALTER FUNCTION pg_catalog." + function + " LEAKPROOF"))


def adopt(url: str) -> str | None:
    """
    This function will make somebody's own server ready, and name the role to work under (None: the URL's own).

    A superuser's URL is used to prepare the server once; the work itself is done under a role that row-level
    security binds. Raises RuntimeError when the base cannot keep Ritm's promises.
    """
    database = parse_url(url)["NAME"]
    try:
        connection = psycopg.connect(url, autocommit=True)
    except psycopg.OperationalError as error:
        if "does not exist" not in str(error):
            raise
        prepare(urlsplit(url)._replace(path="/postgres").geturl(), database)
        connection = psycopg.connect(url, autocommit=True)
    with connection:
        row = connection.execute(
            # Trigrams are made by the C library's letters (datctype), comparisons perhaps by another provider's.
            "SELECT rolsuper, rolbypassrls, 'Ж' ILIKE 'ж' AND datctype NOT IN ('C', 'POSIX')"
            " FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()"
        ).fetchone()
        assert row is not None
        superuser, bypasses, reads_cyrillic = row
        if not reads_cyrillic:
            raise RuntimeError(f"the database {database} compares Cyrillic wrongly: create it with LC_CTYPE 'C.UTF-8'")
        if bypasses and not superuser:
            raise RuntimeError("this role bypasses row-level security: use an ordinary one, or a superuser")
        if not superuser:
            return None
        prepare(url, database)
        for statement in ("GRANT ALL ON DATABASE {} TO {}", "GRANT ALL ON SCHEMA public TO {1}"):
            connection.execute(sql.SQL(statement).format(sql.Identifier(database), sql.Identifier(ROLE)))
    return ROLE


def template_of(url: str) -> str | None:
    """This function will name the prepared template database of the server, or None when it has none."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone()
    return TEMPLATE if row else None
