"""Which role may open which address of the admin: one table, held against every address.

A new address without an entry fails here, and so does an entry whose address is gone.
"""

from datetime import UTC, date, datetime

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.urls import NoReverseMatch, URLResolver, get_resolver, reverse

from articles.models import CategoryDuty, Page, Stage, Status
from portal import audit, redirects, roles
from portal.attachments import store_attachment
from portal.models import HomeBlock, LegalBasis, PageSuggestion, PageVote, Redirect
from procedures.models import ProcedureSettings
from tests import factory
from tests.organisation.office import make_plan, make_special_day
from tests.portal.documents import pdf
from visitors.models import Day, Fault, OldMonth, OpeningBalance, VisitSettings
from visitors.models import Page as VisitedPage

pytestmark = pytest.mark.django_db

ROLES = {
    "E": roles.EDITOR,
    "A": roles.APPROVER,
    "P": roles.PROCEDURES_CLERK,
    "S": roles.STATISTICS_READER,
    "Q": roles.ADMINISTRATOR,
    "-": None,  # staff without a role
}
DAY = date(2024, 1, 26)
ALL, NOBODY = "".join(ROLES), ""

# Of each model: who may see the list, a row and its history; add; change; delete.
STOCK = {
    "articles_article": ("EA", "E", "EA", "E"),
    "articles_category": ("EAQ", "AQ", "AQ", "AQ"),
    "articles_page": ("EA", "E", "EA", "E"),
    "auth_group": ("Q", NOBODY, NOBODY, NOBODY),
    "axes_accessattempt": ("Q", NOBODY, NOBODY, "Q"),
    "axes_accessfailurelog": (NOBODY, NOBODY, NOBODY, NOBODY),
    "axes_accesslog": ("Q", NOBODY, NOBODY, NOBODY),
    "disclosure_duty": ("EAQ", "AQ", "AQ", "AQ"),
    "organisation_body": ("AQ", "AQ", "AQ", "AQ"),
    "organisation_hoursplan": ("AQ", "AQ", "AQ", "AQ"),
    "organisation_officer": ("AQ", "AQ", "AQ", "AQ"),
    "organisation_reception": ("EAQ", "EAQ", "EAQ", "EAQ"),
    "organisation_specialday": ("EAQ", "EAQ", "EAQ", "EAQ"),
    "portal_alert": ("AQ", "AQ", "AQ", "AQ"),
    "portal_attachment": ("EAP", "EAP", "EAP", "E"),
    "portal_auditentry": ("Q", NOBODY, NOBODY, NOBODY),
    "portal_homeblock": ("AQ", NOBODY, "AQ", NOBODY),
    "portal_identity": ("Q", NOBODY, "Q", NOBODY),
    "portal_legalbasis": ("EAPQ", "APQ", "APQ", "P"),
    "portal_menuitem": ("Q", "Q", "Q", "Q"),
    "portal_pagesuggestion": ("EAS", NOBODY, NOBODY, "EA"),
    "portal_pagevote": ("EAS", NOBODY, NOBODY, NOBODY),
    "portal_picture": ("EAQ", "EAQ", "EAQ", "E"),
    "portal_quicktask": ("AQ", "AQ", "AQ", "AQ"),
    "portal_redirect": ("Q", "Q", "Q", "Q"),
    "portal_usefulphone": ("Q", "Q", "Q", "Q"),
    "portal_user": ("Q", "Q", "Q", NOBODY),
    "portal_weblink": ("Q", "Q", "Q", "Q"),
    "procedures_datarequest": ("AP", "P", "P", NOBODY),
    "procedures_field": ("AP", "P", "P", NOBODY),
    # The steps of an import are those of the one who brought the file; here nobody's.
    "procedures_importrun": ("AP", "P", NOBODY, NOBODY),
    "procedures_period": ("AP", "P", "P", "P"),
    "procedures_procedure": ("AP", "P", "P", "P"),
    "procedures_proceduresettings": ("AP", NOBODY, "A", NOBODY),
    "visitors_day": ("ASQ", NOBODY, NOBODY, NOBODY),
    "visitors_fault": ("ASQ", NOBODY, NOBODY, NOBODY),
    "visitors_oldmonth": ("Q", NOBODY, NOBODY, "Q"),
    "visitors_openingbalance": ("Q", NOBODY, "Q", NOBODY),
    "visitors_visitsettings": ("Q", NOBODY, "Q", NOBODY),
}
# Who may GET (or POST) each further address.
OTHERS = {
    "index": ("GET", ALL),
    "jsi18n": ("GET", ALL),
    "login": ("GET", ALL),
    "logout": ("POST", ALL),
    "password_change": ("GET", ALL),
    "password_change_done": ("GET", ALL),
    "view_on_site": ("GET", ALL),
    "app_list": ("GET", "EAQ"),
    "autocomplete": ("GET", "EAQ"),
    "articles_article_paste": ("POST", "EA"),
    "articles_article_preview": ("GET", "EA"),
    "articles_article_pulse": ("POST", "EA"),
    "articles_article_pulse_new": ("POST", "E"),
    "articles_article_review": ("GET", "A"),
    "articles_article_step": ("POST", "EA"),
    "articles_article_withdraw": ("GET", "A"),
    "articles_page_paste": ("POST", "EA"),
    "articles_page_preview": ("GET", "EA"),
    "articles_page_pulse": ("POST", "EA"),
    "articles_page_pulse_new": ("POST", "E"),
    "articles_page_review": ("GET", "A"),
    "articles_page_step": ("POST", "EA"),
    "auth_user_password_change": ("GET", "Q"),
    "disclosure_duty_event": ("GET", "EAQ"),
    "disclosure_duty_record": ("GET", "EAQ"),
    "disclosure_duty_review": ("POST", "AQ"),
    "disclosure_duty_step": ("POST", "EAQ"),
    "organisation_reception_weeks": ("GET", "EAQ"),
    "portal_attachment_download": ("GET", "EAP"),
    "portal_identity_successor": ("GET", "Q"),
    "portal_attachment_several": ("GET", "EAP"),
    "portal_attachment_upload": ("POST", "EAP"),
    "portal_attachment_words": ("GET", "EAP"),
    "portal_picture_several": ("GET", "EAQ"),
    "portal_picture_upload": ("POST", "EAQ"),
    "portal_picture_words": ("GET", "EAQ"),
    "procedures_importrun_columns": ("GET", NOBODY),
    "procedures_importrun_problems": ("GET", NOBODY),
    "procedures_importrun_progress": ("GET", "P"),
    "procedures_importrun_step": ("POST", NOBODY),
    "procedures_period_due": ("GET", "AP"),
    "procedures_period_article": ("POST", "P"),
    "procedures_period_discard": ("GET", "P"),
    "procedures_period_put_back": ("GET", "A"),
    "procedures_period_recall": ("GET", "P"),
    "procedures_period_remove": ("GET", "A"),
    "procedures_period_review": ("GET", "A"),
    "procedures_period_submit": ("GET", "P"),
    "procedures_procedure_export": ("GET", "AP"),
    "procedures_procedure_review": ("POST", "P"),
    "procedures_procedure_update": ("GET", "P"),
    "visitors_days": ("GET", "ASQ"),
    "visitors_live": ("GET", "ASQ"),
    "visitors_live_data": ("GET", "ASQ"),
    "visitors_oldmonth_import": ("GET", "Q"),
    "visitors_page": ("GET", "ASQ"),
    "visitors_report": ("GET", "ASQ"),
    "visitors_reports": ("GET", "ASQ"),
    "visitors_table": ("GET", "ASQ"),
    "visitors_table_page": ("GET", "ASQ"),
}
# What stands in an address that is not the key of a row.
ARGUMENTS = {
    "visitors_page": [1],
    "visitors_report": ["2024-01"],
    "visitors_table": ["trang", "csv"],
    "visitors_table_page": ["trang"],
}
STOCK_PAGES = ("changelist", "add", "change", "history", "delete")


def _names(resolver):
    """Yield the name of every address below `resolver`, but for the two that only redirect."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern)
        elif pattern.name:
            yield pattern.name


def _admin_names():
    (admin,) = [
        each
        for each in get_resolver().url_patterns
        if getattr(each, "namespace", None) == "admin"
    ]
    return set(_names(admin))


def test_every_address_of_the_admin_has_its_entry():
    stock = {f"{model}_{page}" for model in STOCK for page in STOCK_PAGES}
    assert stock | set(OTHERS) == _admin_names()


@pytest.fixture
def rows(settings, tmp_path):
    """Return the primary key of a row of each model, of kinds that may be changed and deleted."""
    settings.ATTACHMENT_ROOT = tmp_path
    draft = {"status": Status.DRAFT, "stage": Stage.SUBMITTED}
    at = datetime(2024, 1, 26, tzinfo=UTC)
    target = factory.make_user()
    article = factory.make_article(**draft, submitted_at=at)
    factory.make_page()
    made = {
        "articles_article": article,
        "articles_category": factory.make_category(),
        "articles_page": factory.make_page(**draft, submitted_at=at),
        "auth_group": Group.objects.get(name=roles.EDITOR),
        "axes_accessattempt": AccessAttempt.objects.create(failures_since_start=1),
        "axes_accessfailurelog": AccessFailureLog.objects.create(),
        "axes_accesslog": AccessLog.objects.create(),
        "disclosure_duty": factory.make_duty(),
        "organisation_body": factory.make_body(),
        "organisation_officer": factory.make_officer(),
        "organisation_hoursplan": make_plan(),
        "organisation_reception": factory.make_reception(),
        "organisation_specialday": make_special_day(DAY),
        "portal_alert": factory.make_alert(),
        "portal_attachment": store_attachment(
            content=ContentFile(pdf()), name="bieu-mau.pdf"
        ),
        "portal_auditentry": audit.record("session.started", actor=target, target=target),
        "portal_homeblock": HomeBlock.objects.create(key="today"),
        "portal_identity": factory.make_identity(),
        "portal_legalbasis": LegalBasis.objects.create(number="1/NĐ", title="Luật"),
        "portal_menuitem": factory.make_menu_item(),
        "portal_pagesuggestion": PageSuggestion.objects.create(
            kind="home", title="Trang chủ", day=DAY, text="Thiếu giờ."
        ),
        "portal_pagevote": PageVote.objects.create(kind="home", title="Trang chủ", day=DAY),
        "portal_picture": factory.make_picture(),
        "portal_quicktask": factory.make_quick_task(),
        "portal_redirect": redirects.remember(old="/cu/", new="/moi/")
        or Redirect.objects.get(),
        "portal_usefulphone": factory.make_phone(),
        "portal_user": target,
        "portal_weblink": factory.make_web_link(),
        "procedures_datarequest": factory.make_data_request(),
        "procedures_field": factory.make_field(),
        "procedures_importrun": factory.make_run(period=factory.make_period()),
        "procedures_period": factory.make_period(code="2024-T02", status="nhap"),
        "procedures_procedure": factory.make_procedure(),
        "procedures_proceduresettings": ProcedureSettings.objects.create(pk=1),
        "visitors_day": Day.objects.create(day=DAY),
        "visitors_fault": Fault.objects.create(process="web", kind="write", began_at=at),
        "visitors_oldmonth": OldMonth.objects.create(
            month=date(2020, 1, 1), visits=1, imported_at=at
        ),
        "visitors_openingbalance": OpeningBalance.objects.create(
            pk=1, figure=1, dated=DAY, note="Theo bộ đếm cũ."
        ),
        "visitors_visitsettings": VisitSettings.objects.create(pk=1),
    }
    duty = made["disclosure_duty"]
    factory.make_occurrence(duty=duty, pk=duty.pk)  # one key for all its addresses
    VisitedPage.objects.create(pk=1, path="/", kind="home", title="Trang chủ")
    return {model: row.pk for model, row in made.items()}


def _address(name, rows):
    query = ""
    if name == "autocomplete":
        query = "?app_label=articles&model_name=article&field_name=cover"
    model = "portal_user" if name.startswith("auth_user") else ""
    model = model or next((each for each in STOCK if name.startswith(f"{each}_")), "")
    page = ContentType.objects.get_for_model(Page)
    for arguments in (
        ARGUMENTS.get(name, []),
        [rows.get(model)],
        ["articles"],
        [page.pk, rows["articles_page"]],
    ):
        try:
            return reverse(f"admin:{name}", args=arguments) + query
        except NoReverseMatch:
            continue
    raise AssertionError(f"No example for {name}.")


def _answer(client, method, address):
    sent = {"step": "recall"}  # which the addresses for steps want
    response = client.get(address) if method == "GET" else client.post(address, sent)
    response.getvalue()  # a file is closed when it was read to its end
    return response


def _asked(rows):
    """Yield every (address, method, letters of who may)."""
    for model, (see, add, change, delete) in STOCK.items():
        yield f"{model}_changelist", "GET", see
        yield f"{model}_add", "GET", add
        yield f"{model}_change", "GET", see
        yield f"{model}_history", "GET", see
        yield f"{model}_delete", "GET", delete
        yield f"{model}_change", "POST", change
        yield f"{model}_add", "POST", add
    for name, (method, letters) in OTHERS.items():
        yield name, method, letters


@pytest.mark.parametrize("letter", ROLES)
def test_each_address_lets_in_whom_the_table_names_and_nobody_else(client, rows, letter):
    role = ROLES[letter]
    user = factory.make_user(roles=[role] if role else [])
    wrong = []
    for name, method, letters in _asked(rows):
        client.force_login(user)
        address = _address(name, rows)
        response = _answer(client, method, address)
        is_in = response.status_code not in (403, 404)
        if is_in != (letter in letters):
            wrong.append(f"{method} {name}: {response.status_code}")
    assert wrong == []


def test_without_signing_in_no_address_answers(client, rows):
    opened = []
    for name, method, _ in _asked(rows):
        address = _address(name, rows)
        response = _answer(client, method, address)
        if name not in ("login", "logout", "jsi18n") and not (
            response.status_code == 302 and "/login/" in response["Location"]
        ):
            opened.append(f"{method} {name}: {response.status_code}")
    assert opened == []


OF_ANOTHER_CATEGORY = {
    "articles_article_delete": ("GET", roles.EDITOR),
    "articles_article_change": ("POST", roles.EDITOR),
    "articles_article_pulse": ("POST", roles.EDITOR),
    "articles_article_review": ("GET", roles.APPROVER),
    "articles_article_withdraw": ("GET", roles.APPROVER),
}


@pytest.mark.parametrize("name", OF_ANOTHER_CATEGORY)
def test_who_is_held_to_a_category_does_not_act_in_another(client, rows, name):
    method, role = OF_ANOTHER_CATEGORY[name]
    user = factory.make_user(roles=[role])
    CategoryDuty.objects.create(user=user, category=factory.make_category())
    client.force_login(user)
    address = _address(name, rows)
    response = _answer(client, method, address)
    assert response.status_code == 403
