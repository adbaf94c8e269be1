"""Ages and ends of mandates, by the calendar of China. Pure rules.

Civil Code of the PRC, art. 17: full age at 18. That a child consents with their own face from 16 on, and that a
birthday begins at 00:00 in Beijing (on 1 March for 29 February in common years), are this service's published rules
(`docs/family.md`).
"""

from datetime import date, datetime, time

from chalicelib.types import CHINA

CONSENT_AGE = 16
"""From here on a child's own face is asked; a guardian's mandate ends here by itself."""
FULL_AGE = 18
"""From here on nobody is represented as a child."""
DEFAULT_YEARS = 1
"""How long a grown-up's mandate lives unless they say otherwise."""
MOST_YEARS = 3
"""The longest that a grown-up may give one for."""


def born_on(id_number: str) -> date:
    """The birth date within an identity number (GB 11643)."""
    return date.fromisoformat(f"{id_number[6:10]}-{id_number[10:12]}-{id_number[12:14]}")


def anniversary(day: date, years: int) -> date:
    """The same day years later; 29 February's is 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def birthday(id_number: str, age: int) -> datetime:
    """The moment at which somebody comes to this age: the beginning of that day in Beijing."""
    return datetime.combine(anniversary(born_on(id_number), age), time(), CHINA)


def of_age(id_number: str, age: int, now: datetime) -> bool:
    """Whether somebody has come to this age."""
    return birthday(id_number, age) <= now


def years_on(now: datetime, years: int) -> datetime:
    """The same time of day in Beijing, years later, in whole seconds."""
    here = now.astimezone(CHINA).replace(microsecond=0)
    return datetime.combine(anniversary(here.date(), years), here.time(), CHINA)
