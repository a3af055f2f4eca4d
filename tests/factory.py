"""Makes the objects that tests need: `make_user()`, `make_article()` …

Every function takes keyword arguments that override its defaults and saves to the database.
One section an app.
"""

import itertools

from django.contrib.auth.models import Group

from portal.models import User

_number = itertools.count(1)

# --- portal ---------------------------------------------------------------------

PASSWORD = "mat-khau-chi-dung-khi-thu"


def make_user(*, roles=(), **fields):
    """Make a member of staff who holds `roles` (names of portal/roles.py); password PASSWORD."""
    values = {
        "username": f"can-bo-{next(_number)}",
        "last_name": "Lê Thị",
        "first_name": "Hoa",
        "is_staff": True,
    } | fields
    password = values.pop("password", PASSWORD)
    user = User.objects.create_user(password=password, **values)
    user.groups.set([Group.objects.get(name=role) for role in roles])
    return user


# --- articles -------------------------------------------------------------------

# --- procedures -----------------------------------------------------------------

# --- visitors -------------------------------------------------------------------
