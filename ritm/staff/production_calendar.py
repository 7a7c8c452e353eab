"""The Russian production calendar, as the government moved its days off."""

from __future__ import annotations

import datetime as dt

# Years whose transfers and working Saturdays the library knows; later ones are decreed each autumn.
YEARS = range(2024, 2028)


def special_days_of(year: int) -> dict[dt.date, tuple[bool, str]]:
    """
    This function will give the days of a year that differ from Monday-to-Friday: {day: (worked, note in Russian)}.

    Holidays that fall on a weekend are among them, for their names.
    """
    import holidays

    russia = holidays.country_holidays("RU", years=year, language="ru")
    days = {day: (False, str(note)) for day, note in russia.items()}
    for day in russia.weekend_workdays:
        if day.year == year:
            days[day] = (True, "Рабочий день по переносу")
    return dict(sorted(days.items()))
