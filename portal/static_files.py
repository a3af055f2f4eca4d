"""Which static files are collected: of CKEditor only what our toolbar can reach.

The package ships 1,257 files for every plugin, skin and language; collected, hashed and
compressed they would be 7,000 and take a minute of every deployment. What is not collected
also cannot be asked for: the samples and plugins that nobody watches for holes stay away.
"""

from importlib.util import find_spec
from pathlib import Path

from django.contrib.staticfiles.apps import StaticFilesConfig

__all__ = ["PortalStaticFilesConfig"]

_EDITOR = "ckeditor/ckeditor"
# Most plugins live in ckeditor.js itself; these folders hold their dialogs and pictures.
_KEPT_PLUGINS = {
    *(
        "a11yhelp",
        "clipboard",
        "dialog",
        "find",
        "image2",
        "link",
        "magicline",
        "specialchar",
    ),
    *("pastefromlibreoffice", "pastefromword", "pastetools"),
    *("table", "tableselection", "tabletools", "widget", "icons.png", "icons_hidpi.png"),
}
_KEPT_LANGUAGES = {"vi.js", "en.js"}
_KEPT_SKINS = {"moono-lisa"}
_LEFT_OUT = [
    "ckeditor/galleriffic/*",
    "ckeditor/file-icons/*",
    *(
        f"{_EDITOR}/{name}"
        for name in (
            "*.md",
            "adapters/*",
            "vendor/*",
            "bender*",
            "build-config.js",
            "styles.js",
        )
    ),
]


def _static_of(package):
    return Path(find_spec(package).submodule_search_locations[0], "static")


def _unreachable():
    """Return patterns for the files of the installed packages that are left out."""
    folder = _static_of("ckeditor") / _EDITOR
    patterns = [*_LEFT_OUT]
    for kind, kept in (("plugins", _KEPT_PLUGINS), ("skins", _KEPT_SKINS)):
        names = (path.name for path in (folder / kind).iterdir())
        patterns += [f"{_EDITOR}/{kind}/{name}/*" for name in names if name not in kept]
    for package, words in (
        ("ckeditor", "**/lang/*.js"),
        ("django.contrib.admin", "**/i18n/*.js"),
    ):
        static = _static_of(package)
        languages = (
            path for path in static.glob(words) if path.name not in _KEPT_LANGUAGES
        )
        patterns += [str(path.relative_to(static)) for path in languages]
    return sorted(patterns)


class PortalStaticFilesConfig(StaticFilesConfig):
    ignore_patterns = [*StaticFilesConfig.ignore_patterns, *_unreachable()]
