"""How many working days resolving took, in the steps that readers see."""

from functools import lru_cache

from django.db import models

from portal.working_days import working_days_between


class Bucket(models.IntegerChoices):
    """A step of the distribution, named by the most working days that it holds."""

    SAME_DAY = 0, "Trong ngày"
    TWO = 2, "1–2 ngày làm việc"
    FIVE = 5, "3–5 ngày làm việc"
    TEN = 10, "6–10 ngày làm việc"
    FIFTEEN = 15, "11–15 ngày làm việc"
    TWENTY = 20, "16–20 ngày làm việc"
    THIRTY = 30, "21–30 ngày làm việc"
    LONGER = 999, "Trên 30 ngày làm việc"


def bucket_of(working_days):
    """Return the `Bucket` that holds so many working days."""
    return next((each for each in Bucket if working_days <= each), Bucket.LONGER)


# Thousands of dossiers of a list share few pairs of days.
@lru_cache(maxsize=4096)
def bucket_between(received_on, finished_on):
    """Return the `Bucket` of a dossier by the day it was received and the day it was finished."""
    return bucket_of(working_days_between(received_on, finished_on))
