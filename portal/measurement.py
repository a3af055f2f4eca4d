"""The script by which the state measures its sites (EMC), as far as this site carries it.

Off unless the environment names the script and the site's code (EMC_* in portal/settings.py).
What the script does is its provider's matter; the privacy page tells readers that it is there.
"""

from dataclasses import dataclass

from django.conf import settings

__all__ = ["Measurement", "current"]


@dataclass(frozen=True)
class Measurement:
    """The tag that pages carry: where the script is, and the attribute that holds the code."""

    script_url: str
    attribute: str
    code: str


def current():
    """Return the `Measurement` of this installation, or None when there is none."""
    if not settings.EMC_ORIGIN:
        return None
    return Measurement(
        settings.EMC_SCRIPT_URL, settings.EMC_CODE_ATTRIBUTE, settings.EMC_SITE_CODE
    )
