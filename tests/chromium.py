"""The Chromium that tests, and the pictures of the guides, drive."""

import shutil

__all__ = ["FLAGS", "MISSING", "find_chromium", "launch"]

MISSING = "Chromium was not found; install it with: apt-get install chromium"

_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium():
    """Return the path of a Chromium that can be driven, or None."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def launch(playwright):
    """Start the Chromium that was found, asking no other host for anything of its own."""
    return playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
