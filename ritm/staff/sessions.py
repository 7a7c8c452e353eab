"""Sessions in the table that people see: one query brings the session and the person behind it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from functools import cache
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ritm.journal.prepared import prepared
from ritm.staff.models import Person, SignIn

# What `operations.sign_in` leaves in a session for the list that its person sees.
DEVICE = "device"

# A session in use is written down as seen at most this often, and prolonged once a day.
SEEN_EVERY = dt.timedelta(minutes=5)
PROLONG_EVERY = dt.timedelta(days=1)


def hash_of(key: str) -> str:
    """This function will give what the table keeps of a cookie's key: a stolen copy of the table opens nothing."""
    return hashlib.sha256(key.encode()).hexdigest()


@cache
def _columns() -> tuple[list[str], list[str], str]:
    """Fields of a session and of a person, and the query that brings both: building it anew costs more than it."""
    session, person = SignIn._meta.concrete_fields, Person._meta.concrete_fields
    columns = ", ".join([f"s.{field.column}" for field in session] + [f"p.{field.column}" for field in person])
    sql = (
        f"SELECT {columns} FROM staff_signin s LEFT JOIN staff_person p ON p.id = s.person_id"
        " WHERE s.key_hash = %s AND s.expires_at > %s"
    )
    return [field.attname for field in session], [field.attname for field in person], sql


def _find(key_hash: str, now: dt.datetime) -> SignIn | None:
    """The session that has not ended, with its person."""
    session, person, sql = _columns()
    with prepared(), connection.cursor() as cursor:
        cursor.execute(sql, [key_hash, now])
        found = cursor.fetchone()
    if found is None:
        return None
    row: SignIn = SignIn.from_db("default", session, found[: len(session)])
    behind = dict(zip(person, found[len(session) :], strict=True))
    if behind["id"] is not None:
        behind["recovery_codes"] = json.loads(behind["recovery_codes"])
        row.person = Person.from_db("default", person, list(behind.values()))
    return row


class SessionStore(SessionBase):
    """Django's session interface over `SignIn`; `person` is set by loading (None for a stranger)."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.row: SignIn | None = None

    @property
    def person(self) -> Person | None:
        """The person who signed in by this session, as its row says."""
        self.get(SESSION_KEY)  # loads
        return self.row.person if self.row else None

    def load(self) -> dict[str, Any]:
        row = _find(hash_of(self.session_key or ""), timezone.now())
        if row is None:
            self._session_key = None
            return {}
        self.row = row
        return self.decode(row.data)

    def exists(self, session_key: str) -> bool:
        return SignIn.objects.filter(key_hash=hash_of(session_key)).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            return self.create()
        if transaction.get_connection().needs_rollback:
            return None  # the request is undone (a refusal, a 404), and what it remembered with it
        now = timezone.now()
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        ip, user_agent = data.get(DEVICE) or (None, "")
        values = {
            "data": self.encode(data),
            "expires_at": self.get_expiry_date(),
            "person_id": int(data[SESSION_KEY]) if SESSION_KEY in data else None,
            "seen_at": now,
            "ip": ip,
            "user_agent": user_agent[:300],
        }
        key_hash = hash_of(self.session_key)
        if must_create:
            try:
                with transaction.atomic():
                    SignIn.objects.create(key_hash=key_hash, at=now, **values)
            except IntegrityError:
                raise CreateError from None
        elif not SignIn.objects.filter(key_hash=key_hash).update(**values):
            raise UpdateError  # ended from another device meanwhile
        return None

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            SignIn.objects.filter(key_hash=hash_of(key)).delete()

    def touch(self, now: dt.datetime) -> None:
        """This function will note that the session is in use, and prolong it, seldom enough to cost nothing."""
        if self.row is None:
            return
        left = self.row.expires_at - now
        if left < dt.timedelta(seconds=self.get_session_cookie_age()) - PROLONG_EVERY:
            self.modified = True  # saved with a new cookie at the end of the request
        elif self.row.seen_at < now - SEEN_EVERY:
            # Two pages opened at once must not wait for each other here.
            due = SignIn.objects.select_for_update(skip_locked=True).filter(pk=self.row.pk).values("pk")
            SignIn.objects.filter(pk__in=due).update(seen_at=now)

    @classmethod
    def clear_expired(cls) -> None:
        SignIn.objects.filter(expires_at__lt=timezone.now()).delete()
