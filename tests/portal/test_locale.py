"""What staff see is Vietnamese throughout, and the compiled files say what the sources say."""

import ast
import gettext
import re
from pathlib import Path

import axes
import django
import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy, trans_real

FOLDER = Path(settings.LOCALE_PATHS[0]) / "vi" / "LC_MESSAGES"
DJANGO = Path(django.__file__).parent
SOURCES = [
    DJANGO / folder / "locale/en/LC_MESSAGES"
    for folder in (
        "contrib/admin",
        "contrib/auth",
        "contrib/contenttypes",
        "contrib/sessions",
        "contrib/postgres",
        "conf",
    )
]
LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[0\])?) )?(".*")')
# Of Django's core: names of languages, and pages that only programmers see.
NOT_FOR_STAFF = ("conf/global_settings.py", "views/", "http/")


def _entries(path):
    """Yield each entry of a .po file as (source references, {keyword: text})."""
    for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
        references, entry, keyword = [], {}, None
        for line in block.splitlines():
            if line.startswith("#: "):
                references += line[3:].split()
            elif found := LINE.fullmatch(line):
                keyword = found[1] or keyword
                entry[keyword] = entry.get(keyword, "") + ast.literal_eval(found[2])
        if "msgid" in entry:
            yield references, entry


def _key(entry):
    """Return the key under which a compiled catalogue holds the entry (plural form 0)."""
    key = entry["msgid"]
    if "msgctxt" in entry:
        key = f"{entry['msgctxt']}\x04{key}"
    return (key, 0) if "msgid_plural" in entry else key


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_the_compiled_file_agrees_with_its_source(domain):
    source = {
        _key(entry): entry.get("msgstr", entry.get("msgstr[0]"))
        for _, entry in _entries(FOLDER / f"{domain}.po")
    }
    with (FOLDER / f"{domain}.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    del source[""], compiled[""]
    assert compiled == source


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_placeholders_survive_translation(domain):
    placeholder = re.compile(r"%\(\w+\)[sdr]|\{\w*\}|%[sd]")
    for _, entry in _entries(FOLDER / f"{domain}.po"):
        wanted = {frozenset(placeholder.findall(entry["msgid"]))}
        wanted.add(
            frozenset(placeholder.findall(entry.get("msgid_plural", entry["msgid"])))
        )
        said = entry.get("msgstr", entry.get("msgstr[0]"))
        assert frozenset(placeholder.findall(said)) in wanted, entry["msgid"]


def _axes_says():
    """Return what django-axes wraps for translation; it ships no list of its own."""
    modules = Path(axes.__file__).parent.rglob("*.py")
    wrapped = re.compile(r'\b_\(\s*"([^"{]+)"')
    return {text for path in modules for text in wrapped.findall(path.read_text("utf-8"))}


def _untranslated(path, catalogue):
    return [
        entry["msgid"]
        for references, entry in _entries(path)
        if entry["msgid"]
        and not all(each.startswith(NOT_FOR_STAFF) for each in references or ["-"])
        and not catalogue.get(_key(entry))
    ]


@pytest.mark.parametrize("folder", SOURCES, ids=lambda path: path.parents[2].name)
def test_nothing_that_staff_see_is_left_in_english(folder):
    catalogue = trans_real.translation("vi")._catalog
    assert _untranslated(folder / "django.po", catalogue) == []


def test_nothing_of_the_sign_in_records_is_left_in_english():
    catalogue = trans_real.translation("vi")._catalog
    said = _axes_says()
    assert "Attempt Time" in said
    assert {text for text in said if not catalogue.get(text)} == set()


def test_nothing_in_the_admin_scripts_is_left_in_english():
    folder = DJANGO / "contrib/admin/locale"
    scripts = trans_real.DjangoTranslation(
        "vi", domain="djangojs", localedirs=[str(folder)]
    )
    assert _untranslated(folder / "en/LC_MESSAGES/djangojs.po", scripts._catalog) == []


@pytest.mark.parametrize("domain", ["django", "djangojs"])
def test_no_entry_translates_what_nobody_says(domain):
    said = {
        _key(entry)
        for folder in SOURCES
        for path in folder.glob(f"{domain}.po")
        for _, entry in _entries(path)
    }
    ours = {_key(entry) for _, entry in _entries(FOLDER / f"{domain}.po")}
    assert ours - said - _axes_says() == set()


def test_a_failed_password_reset_is_not_called_a_success():
    with translation.override("vi"):
        assert str(gettext_lazy("Password reset unsuccessful")).endswith("không thành công")
