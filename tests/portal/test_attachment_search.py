"""Documents are found by name as long as a page offers them."""

from datetime import UTC, date, datetime

import pytest

from articles import enclosures
from articles.models import Status
from portal.attachment_search import FILES
from portal.attachments import store_attachment
from portal.search_question import parse
from portal.site_search import Narrowing, Tier
from tests.factory import make_article, make_page, make_procedure
from tests.portal.documents import pdf

pytestmark = pytest.mark.django_db

AT = datetime(2025, 6, 2, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.ATTACHMENT_ROOT = tmp_path


def stored(title, **fields):
    return store_attachment(
        content=pdf(title.encode()), name="a.pdf", title=title, **fields
    )


def offered(title, **fields):
    attachment = stored(title, **fields)
    article = make_article(title=f"Bài có {title}")
    enclosures.enclose(article.approved, [attachment])
    return attachment


def find(text, **narrowing):
    return FILES.find(parse(text), Narrowing(**narrowing), at=AT)


def keys(text, **narrowing):
    return [match.key for match in find(text, **narrowing).matches]


def test_a_document_is_found_by_title_number_and_issuer():
    plan = offered(
        "Kế hoạch tiêm phòng",
        number="15/KH-UBND",
        issuer="Ủy ban nhân dân xã",
        issued_on=date(2024, 1, 5),
    )
    offered("Mẫu đơn")
    assert keys("ke hoach") == keys("15/KH-UBND") == keys("uy ban tiem") == [plan.pk]
    assert keys("kế hoạch", year=2024) == [plan.pk]
    assert keys("kế hoạch", year=2023) == keys("kế hoạch", section="tin") == []
    found = find("kees hoachj")
    assert found.matches == ()
    found = find("ke hoahc")
    assert (found.matches[0].tier, found.corrected) == (Tier.MISTYPED, ("kế", "hoạch"))


def test_a_result_leads_to_the_download_and_names_the_page():
    plan = offered("Kế hoạch", number="15/KH-UBND", issued_on=date(2024, 1, 5))
    result = FILES.show([plan.pk], parse("15 kế"))[plan.pk]
    assert list(result.title_pieces) == [("Kế", True), (" hoạch", False)]
    assert "".join(text for text, _ in result.excerpt_pieces) == (
        "15/KH-UBND · Có trong: Bài có Kế hoạch"
    )
    assert (result.url, result.label, result.date_text) == (
        plan.get_absolute_url(),
        f"Tệp {plan.summary}",
        "05/01/2024",
    )


def test_what_no_page_offers_now_is_neither_found_nor_shown_nor_a_correction():
    unused = stored("Kế hoạch mật")
    expired = make_article(expires_at=datetime(2024, 6, 1, tzinfo=UTC))
    draft = make_article(status=Status.DRAFT)
    root = make_page(is_shown=False)
    below = make_page(parent=root)
    for text in (expired, draft, below):
        enclosures.enclose(text.head, [unused])
    assert keys("kế hoạch mật") == []
    assert (found := find("hoahc")).matches == () and not found.nearest
    assert FILES.show([unused.pk], parse("mật")) == {}


def test_forms_of_procedures_are_found_once_somebody_has_reviewed_them():
    form = stored("Tờ khai")
    procedure = make_procedure(reviewed_at=None)
    procedure.forms.create(title="Tờ khai", attachment=form)
    assert keys("tờ khai") == []
    procedure.reviewed_at = AT
    procedure.save()
    assert keys("tờ khai") == [form.pk]
