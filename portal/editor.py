"""The rich text editor of the admin: CKEditor 4 through django-ckeditor, contained.

Only forms and admins import this module; models hold plain text fields and migrations know
nothing of it, so another editor is another version of this one file (docs/decisions/0003).

No text is lost. The browser keeps what is being written on its own machine
(static/editor/autosave.js) and offers it back until the server says that it has it, by a
cookie that names the draft. A heartbeat tells the page in time that the session has ended,
that somebody else has the text open, or that a newer edition was saved
(static/editor/heartbeat.js).
"""

import re

from ckeditor.widgets import CKEditorWidget
from csp.constants import NONCE, NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST

from portal import legacy_fonts, presence, richtext

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
    ["Link", "Unlink", "Attachment"],
    ["Image", "Table", "HorizontalRule", "SpecialChar"],
    ["PasteText", "PasteFromWord"],
    ["Undo", "Redo", "Find"],
    ["Maximize"],
]

# What calls other servers, what the allow-list has no word for, what the form itself does, and
# a filter that fails on some pastes; portal/richtext.py knows Google Docs without it.
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
    "pastefromgdocs",
)

# What a commune's papers need and a Vietnamese keyboard lacks, each with its name.
SPECIAL_CHARACTERS = [
    *(["–", "gạch ngang vừa"], ["—", "gạch ngang dài"], ["…", "ba chấm"]),
    *(["“", "mở ngoặc kép"], ["”", "đóng ngoặc kép"], ["‘", "mở nháy đơn"]),
    *(["’", "đóng nháy đơn"], ["«", "mở ngoặc kép kiểu Pháp"]),
    *(["»", "đóng ngoặc kép kiểu Pháp"], ["§", "tiết, mục"], ["№", "số"]),
    *(["₫", "đồng"], ["€", "euro"], ["‰", "phần nghìn"], ["°", "độ"], ["′", "phút"]),
    *(["″", "giây"], ["²", "mũ hai, mét vuông"], ["³", "mũ ba, mét khối"]),
    *(["½", "một phần hai"], ["¼", "một phần tư"], ["¾", "ba phần tư"]),
    *(["±", "cộng trừ"], ["×", "nhân"], ["÷", "chia"], ["≈", "xấp xỉ"]),
    *(["≠", "khác"], ["≤", "không quá"], ["≥", "từ … trở lên"], ["∑", "tổng"]),
    *(["→", "mũi tên sang phải"], ["←", "mũi tên sang trái"], ["↑", "tăng"]),
    *(["↓", "giảm"], ["•", "chấm đầu dòng"], ["☐", "ô trống"], ["☑", "ô đã đánh dấu"]),
    *(["✓", "dấu đạt"], ["★", "sao"], ["☎", "điện thoại"], ["©", "bản quyền"]),
    *(["®", "nhãn hiệu đã đăng ký"], ["α", "an-pha"], ["β", "bê-ta"], ["Ω", "ô-mê-ga"]),
    *(["µ", "mi-crô"], ["Ø", "đường kính"]),
]


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
    "extraPlugins": "image2,attachment,served_clean",
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
    "specialChars": SPECIAL_CHARACTERS,
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
        # An empty address keeps the link dialog from offering the one for pictures.
        self.config["filebrowserLinkUploadUrl"] = _address("admin:portal_attachment_upload")
        # The text looks in the editor as it will on the page.
        self.config["contentsCss"] = [
            static(path)
            for path in ("css/tokens.css", "css/site.css", "editor/contents.css")
        ]


# The name that a browser gives what it keeps; see static/editor/autosave.js.
_DRAFT = re.compile(r"[a-z0-9]{8,32}")
SAVED_COOKIE = "ban-da-luu"
LONGEST_PASTE = 500_000  # characters, as long as a whole text may be
_MOST_SAVED = 10  # names that wait in the cookie for the next page with an editor


@method_decorator(csp_replace(POLICY), name="changeform_view")
class EditorAdminMixin:
    """For a ModelAdmin whose form has a `RichTextWidget`.

    Gives its page the editor's policy and scripts, and the addresses that those ask:
    `nhip/` and `<id>/nhip/` (the heartbeat) and `don-dan/` (what is pasted, as it will be
    stored). What is edited may have a `head`, the newest edition, with `number`,
    `created_at` and `created_by`; a form that was opened with an older one is told so.
    """

    add_form_template = change_form_template = "editor/change_form.html"

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        pulse = self.admin_site.admin_view(
            require_http_methods(["GET", "POST"])(self.pulse_view)
        )
        paste = self.admin_site.admin_view(require_POST(self.paste_view))
        return [
            path("nhip/", pulse, name=f"{name}_pulse_new"),
            path("<int:object_id>/nhip/", pulse, name=f"{name}_pulse"),
            path("don-dan/", paste, name=f"{name}_paste"),
            *super().get_urls(),
        ]

    def changeform_view(self, request, *args, **kwargs):
        response = super().changeform_view(request, *args, **kwargs)
        # What was taken back after `save_related` shows the form again instead.
        saved = getattr(request, "saved_draft", "")
        if saved and response.status_code == 302:
            earlier = request.COOKIES.get(SAVED_COOKIE, "").split(".")
            names = [name for name in earlier if _DRAFT.fullmatch(name)]
            response.set_cookie(
                SAVED_COOKIE,
                ".".join([*names, saved][-_MOST_SAVED:]),
                path=reverse("admin:index"),
                secure=request.is_secure(),
                samesite="Lax",
            )
        return response

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        request.saved_draft = _draft_of(request)

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if self._may_write(request, obj):
            context["writing"] = self._writing(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def _may_write(self, request, target):
        if target is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request, target)

    def _writing(self, request, target):
        """Return what the page and its scripts need to know about the one who writes."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if target is None:
            return {
                "draft": _draft_of(request),
                "pulse": reverse(f"{name}_pulse_new"),
                "paste": reverse(f"{name}_paste"),
            }
        at = timezone.now()
        presence.touch(target=target, user=request.user, at=at)
        return {
            "draft": _draft_of(request),
            "pulse": reverse(f"{name}_pulse", args=[target.pk]),
            "paste": reverse(f"{name}_paste"),
            "target": target,
            "others": presence.sentence(presence.others(target, request.user, at)),
        }

    def pulse_view(self, request, object_id=None):
        """Tell an open editor how things stand; a POST also notes that it is open, or not.

        GET serves a page whose token has become invalid by a new sign-in: it brings another.
        """
        target = None
        if object_id is not None:
            target = self.get_object(request, str(object_id))
            if target is None:
                raise Http404
        if not self._may_write(request, target):
            raise PermissionDenied
        if target is not None and request.method == "POST" and "leave" in request.POST:
            presence.leave(target=target, user=request.user)
            return JsonResponse({})
        answer = {"user": str(request.user.pk), "token": get_token(request)}
        if target is not None:
            at = timezone.now()
            if request.method == "POST":
                presence.touch(target=target, user=request.user, at=at)
            answer["others"] = presence.sentence(presence.others(target, request.user, at))
            answer |= _newest(target)
        return JsonResponse(answer)

    def paste_view(self, request):
        """Answer with what would be stored of pasted HTML, and what goes; nothing is stored."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        html = request.POST.get("html", "")
        if len(html) > LONGEST_PASTE:
            return JsonResponse({}, status=413)
        # Here and not later: cleaning takes the soft hyphen, which is the ư of TCVN3.
        in_unicode = legacy_fonts.to_unicode_html(html)
        cleaned, report = richtext.clean_with_report(in_unicode)
        said = report.sentences()
        if in_unicode != html:
            said.insert(0, _CONVERTED)
        return JsonResponse({"html": cleaned, "report": said})


_CONVERTED = (
    "Đoạn gõ bằng bảng mã cũ (TCVN3 hoặc VNI) đã được chuyển sang Unicode: hãy đọc lại đoạn "
    "ấy trước khi lưu."
)


def _address(name):
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _draft_of(request):
    """Return the name under which the browser keeps what it sent, or "" without one."""
    name = request.POST.get("draft", "")
    return name if _DRAFT.fullmatch(name) else ""


def _newest(target):
    """Return number and origin of the newest edition of `target`, if it has editions."""
    head = getattr(target, "head", None)
    if head is None:
        return {}
    writer = head.created_by
    name = (writer.get_full_name() or writer.get_username()) if writer else "Hệ thống"
    moment = date_format(timezone.localtime(head.created_at), "DATETIME_FORMAT")
    return {
        "edition": head.number,
        "saved": f"{name} đã lưu bản {head.number} lúc {moment}",
    }
