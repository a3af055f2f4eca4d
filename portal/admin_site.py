"""The admin panel under /quan-tri/: its policy, its start page, its order of things."""

from functools import wraps

from csp.constants import NONCE, SELF
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.db import transaction

from portal import admin_start, audit, context
from portal.admin_lists import StrictListMixin
from portal.plausible_days import PlausibleDaysMixin

# Stock admin pages need nothing inline; the nonce serves the pages with the editor's frame.
POLICY = settings.STRICT_POLICY | {"script-src": [SELF, NONCE]}

# What a clerk looks for stands together, whichever app keeps it, the daily work first.
SECTIONS = (
    (
        "tin-bai",
        "Tin bài",
        (
            "articles.Article",
            "articles.Page",
            "articles.Category",
            "portal.Picture",
            "portal.Attachment",
        ),
    ),
    (
        "tthc",
        "Thủ tục hành chính",
        (
            "procedures.Period",
            "procedures.ImportRun",
            "procedures.DataRequest",
            "procedures.Procedure",
            "procedures.Field",
            "procedures.ProcedureSettings",
        ),
    ),
    ("cong-khai", "Công khai theo luật", ("disclosure.Duty", "portal.LegalBasis")),
    (
        "to-chuc",
        "Cơ quan, cán bộ, giờ làm việc",
        (
            "organisation.Body",
            "organisation.Officer",
            "organisation.Reception",
            "organisation.HoursPlan",
            "organisation.SpecialDay",
        ),
    ),
    (
        "truy-cap",
        "Thống kê truy cập",
        (
            "visitors.Day",
            "visitors.OpeningBalance",
            "visitors.OldMonth",
            "visitors.VisitSettings",
            "visitors.Fault",
            "portal.PageVote",
            "portal.PageSuggestion",
        ),
    ),
    (
        "cong",
        "Thông tin của cổng",
        (
            "portal.Identity",
            "portal.Alert",
            "portal.HomeBlock",
            "portal.QuickTask",
            "portal.MenuItem",
            "portal.UsefulPhone",
            "portal.WebLink",
            "portal.Redirect",
        ),
    ),
    (
        "tai-khoan",
        "Tài khoản và nhật ký",
        (
            "portal.User",
            "auth.Group",
            "portal.AuditEntry",
            "axes.AccessAttempt",
            "axes.AccessLog",
            "axes.AccessFailureLog",
        ),
    ),
)
REST = ("ky-thuat", "Kỹ thuật")


class PortalAdminSite(admin.AdminSite):
    site_title = "Quản trị"
    site_header = "Quản trị cổng thông tin"
    index_title = "Bắt đầu"
    empty_value_display = "–"
    # Wide lists and the grid of Biểu II.06a need the room; the start page leads everywhere.
    enable_nav_sidebar = False

    def register(self, model_or_iterable, admin_class=None, **options):
        """Register as Django does, with lists and forms that take nothing hostile."""
        plain = admin_class or admin.ModelAdmin
        mixins = (StrictListMixin, PlausibleDaysMixin)
        strict = type(f"Strict{plain.__name__}", (*mixins, plain), {})
        super().register(model_or_iterable, strict, **options)

    def admin_view(self, view, cacheable=False):  # noqa: FBT002 (Django's signature)
        """Wrap a view as Django does, and give its response the admin's policy."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def under_policy(*args, **kwargs):
            return _under_policy(inner(*args, **kwargs))

        return under_policy

    @login_not_required
    def login(self, request, extra_context=None):
        # Django's sign-in view has a variable `site` of its own.
        frame = context.site(request)
        return _under_policy(super().login(request, frame | (extra_context or {})))

    def password_change(self, request, extra_context=None):
        with transaction.atomic():
            response = super().password_change(request, extra_context)
            record_password_change(request, response, account=request.user)
        return response

    def index(self, request, extra_context=None):
        """Show what to do next, above the list of everything."""
        start = {
            "start_cards": admin_start.cards_for(request),
            "start_panels": admin_start.panels_for(request),
        }
        return super().index(request, start | (extra_context or {}))

    def get_app_list(self, request, app_label=None):
        """Return the models in the sections of `SECTIONS`; of one app, as Django does."""
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        entries = {
            each["model"]._meta.label: each for app in apps for each in app["models"]
        }
        sections = [
            (slug, name, [entries.pop(label) for label in labels if label in entries])
            for slug, name, labels in SECTIONS
        ]
        sections.append((*REST, list(entries.values())))
        return [
            {"app_label": slug, "name": name, "models": models, "has_module_perms": True}
            for slug, name, models in sections
            if models
        ]


def record_password_change(request, response, *, account):
    """Record that the form which `response` answers has set the password of `account`.

    Django's password views redirect when, and only when, the new password was saved.
    """
    if request.method == "POST" and response.status_code == 302:
        audit.record("account.password_changed", actor=request.user, target=account)


def _under_policy(response):
    # A page with the editor comes with its own policy, which has to stay.
    if not hasattr(response, "_csp_replace"):
        response._csp_replace = POLICY
    return response
