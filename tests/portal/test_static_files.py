from pathlib import Path

import pytest
from django.core.management import call_command


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """Collect once, with the storage of production."""
    from django.conf import settings
    from django.test import override_settings

    folder = tmp_path_factory.mktemp("static")
    storages = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        }
    }
    with override_settings(STATIC_ROOT=str(folder), STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield folder


def names(folder):
    return {
        str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file()
    }


@pytest.mark.slow
def test_collecting_for_production_is_complete_and_small(collected):
    folder = collected
    files = names(folder)
    originals = {name for name in files if name.startswith("ckeditor/") and "." in name}
    assert "staticfiles.json" in files
    assert len(originals) < 600, "the whole of CKEditor would be about 5,000"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "ckeditor/ckeditor/ckeditor.js",
        "ckeditor/ckeditor/lang/vi.js",
        "ckeditor/ckeditor/plugins/image2/plugin.js",
        "ckeditor/ckeditor/plugins/image2/lang/vi.js",
        "ckeditor/ckeditor/plugins/link/dialogs/link.js",
        "ckeditor/ckeditor/plugins/table/dialogs/table.js",
        "ckeditor/ckeditor/skins/moono-lisa/editor.css",
        "editor/editor.js",
    ],
)
def test_what_the_toolbar_reaches_is_collected(collected, name):
    assert name in names(collected)


@pytest.mark.slow
@pytest.mark.parametrize(
    "part",
    [
        "plugins/scayt/",
        "plugins/wsc/",
        "plugins/exportpdf/",
        "plugins/iframe/",
        "skins/moono/",
    ]
    + ["lang/fr.js", "samples", "adapters", "galleriffic", "plugins/preview/"],
)
def test_what_the_toolbar_cannot_reach_is_left_out(collected, part):
    assert [name for name in names(collected) if part in name] == []
