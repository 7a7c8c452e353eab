"""When one may be disturbed, and when the letter of the day goes out. Hours are those of the organisation's clock."""

from __future__ import annotations

# A worker that was down in the morning may still send the plan of the day for so long.
LATE_HOURS = 4


def is_quiet(hour: int, quiet_from: int, quiet_until: int) -> bool:
    """This function will say whether `hour` lies in [quiet_from, quiet_until), which may go over midnight."""
    if quiet_from <= quiet_until:
        return quiet_from <= hour < quiet_until
    return hour >= quiet_from or hour < quiet_until


def is_time(hour: int, digest_hour: int, quiet_from: int, quiet_until: int) -> bool:
    """This function will say whether the letter of the day may go out in this hour."""
    return digest_hour <= hour < digest_hour + LATE_HOURS and not is_quiet(hour, quiet_from, quiet_until)
