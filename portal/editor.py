"""The rich text editor of the admin: CKEditor 4 through django-ckeditor, contained.

Only forms import this module; models hold plain text fields and migrations know nothing of
it, so another editor is another version of this one file (docs/decisions/0003).
"""

from ckeditor.widgets import CKEditorWidget
from csp.constants import NONCE, NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.templatetags.static import static
from django.urls import reverse
from django.utils.decorators import method_decorator

from portal import richtext

__all__ = ["EditorAdminMixin", "RichTextWidget"]

# CKEditor writes `on…` attributes and styles into its own buttons and frames; scripts need
# the nonce all the same.
POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, NONCE],
    "script-src-attr": [UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}

TOOLBAR = [
    ["Format", "Bold", "Italic", "Subscript", "Superscript", "RemoveFormat"],
    ["NumberedList", "BulletedList", "Outdent", "Indent", "Blockquote"],
    ["JustifyCenter", "JustifyRight", "JustifyBlock"],
    ["Link", "Unlink"],
    ["Image", "Table", "HorizontalRule", "SpecialChar"],
    ["PasteText", "PasteFromWord"],
    ["Undo", "Redo", "Find"],
    ["Maximize"],
]

# What calls other servers, what the allow-list has no word for, what the form itself does.
REMOVED_PLUGINS = (
    *("scayt", "wsc", "exportpdf", "iframe", "flash", "embed", "about"),
    *(
        "bidi",
        "colorbutton",
        "colordialog",
        "copyformatting",
        "dialogadvtab",
        "div",
        "font",
    ),
    *("forms", "image", "indentblock", "language", "liststyle", "pagebreak", "showblocks"),
    *("smiley", "sourcearea", "stylescombo", "templates"),
    *("editorplaceholder", "elementspath", "newpage", "preview", "print", "save"),
)


def _allowed_content():
    """Return the allow-list of portal/richtext.py in CKEditor's own notation."""
    required = {("a", "href"), ("img", "src"), ("figure", "image")}

    def marked(tag, names):
        return ",".join("!" * ((tag, name) in required) + name for name in sorted(names))

    rules = []
    for tag in sorted(richtext.TAGS):
        attributes = marked(tag, richtext.ATTRIBUTES.get(tag, ()))
        classes = marked(tag, richtext.CLASSES.get(tag, ()))
        rules.append(
            tag
            + (f"[{attributes}]" if attributes else "")
            + (f"({classes})" if classes else "")
        )
    return "; ".join(rules)


CONFIG = {
    "skin": "moono-lisa",
    "language": "vi",
    "contentsLanguage": "vi",
    "defaultLanguage": "vi",
    "versionCheck": False,
    # No further files beside the editor's own: all that is said, is said here.
    "customConfig": "",
    "stylesSet": False,
    "toolbar": TOOLBAR,
    "format_tags": "p;h2;h3;h4",
    "extraPlugins": "image2",
    "removePlugins": ",".join(REMOVED_PLUGINS),
    "removeDialogTabs": "link:advanced;link:target;table:advanced",
    # The editor marks a picture by data-widget while it uploads; it is never stored.
    "allowedContent": f"{_allowed_content()}; img[!data-widget]",
    "justifyClasses": ["align-left", "align-center", "align-right", "align-justify"],
    "image2_alignClasses": ["align-left", "align-center", "align-right"],
    "image2_captionedClass": "image",
    # Vietnamese letters are stored as themselves, so that search finds them.
    "entities": False,
    "entities_latin": False,
    "entities_greek": False,
    "linkDefaultProtocol": "https://",
    "disableNativeSpellChecker": False,
    "filebrowserUploadMethod": "xhr",
    # Pasted pictures are uploaded (plugin uploadimage), not written into the text.
    "clipboard_handleImages": False,
    "width": "100%",
    "height": 480,  # pixels
    "bodyClass": "prose",
}


class RichTextWidget(CKEditorWidget):
    """The editor for a rich text field of an admin form (with `EditorAdminMixin`)."""

    def __init__(self, attrs=None):
        super().__init__(attrs=attrs)
        self.config = CONFIG.copy()

    def _set_config(self):
        upload = reverse("admin:portal_picture_upload")
        self.config["uploadUrl"] = self.config["filebrowserUploadUrl"] = upload
        # The text looks in the editor as it will on the page.
        self.config["contentsCss"] = [
            static(path)
            for path in ("css/tokens.css", "css/site.css", "editor/contents.css")
        ]


@method_decorator(csp_replace(POLICY), name="changeform_view")
class EditorAdminMixin:
    """For a ModelAdmin whose form has a `RichTextWidget`: its policy and its script."""

    add_form_template = change_form_template = "editor/change_form.html"

    def changeform_view(self, *args, **kwargs):
        return super().changeform_view(*args, **kwargs)
