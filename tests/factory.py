"""Makes the objects that tests need: `make_user()`, `make_article()` …

Every function takes keyword arguments that override its defaults and saves to the database.
One section an app.
"""

# --- portal ---------------------------------------------------------------------

# --- articles -------------------------------------------------------------------

# --- procedures -----------------------------------------------------------------

# --- visitors -------------------------------------------------------------------
