"""Jobs of the clients room: a change of many clients, or its undo, chunk by chunk. May be done again at any time."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ritm.clients.operations import batches
from ritm.journal import tenancy
from ritm.kernel.refusal import Refusal

_AGAIN = RetryStrategy(max_attempts=100, wait=5, retry_exceptions=[OperationalError, InterfaceError])


@app.task(name="clients.bulk", retry=_AGAIN)
def bulk(*, organisation_id: int, batch_id: int) -> None:
    """This job will work off a batch; what stops it is written on the batch, and it can be taken up again."""
    try:
        more = True
        while more:
            with tenancy.organisation(organisation_id):
                more = batches.step(batch_id=batch_id, at=timezone.now())
        with tenancy.organisation(organisation_id):
            batches.tell_end(batch_id=batch_id, at=timezone.now())
    except (OperationalError, InterfaceError):
        # The database was restarted under us: this connection is dead, the job comes again with another one.
        connection.close()
        raise
    except Refusal as refusal:
        _stop(organisation_id, batch_id, str(refusal))
    except Exception:
        _stop(organisation_id, batch_id, "")
        raise


def _stop(organisation_id: int, batch_id: int, sentence: str) -> None:
    with tenancy.organisation(organisation_id), batches.in_its_language(batch_id):
        said = sentence or _("Something went wrong on our side; it is written down. Go on: nothing is done twice.")
        batches.fail(batch_id=batch_id, sentence=said, at=timezone.now())
        batches.tell_end(batch_id=batch_id, at=timezone.now())
