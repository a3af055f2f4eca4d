"""Where something can be read on this site: found from what was typed, seen when it goes."""

import pytest

from articles.models import Status, WithdrawalKind
from portal import places
from portal.places import NoPlace, Place
from tests import factory

pytestmark = pytest.mark.django_db


def test_an_article_is_found_by_its_address_however_it_is_pasted(settings):
    settings.SITE_URL = "https://dongthanh.example"
    article = factory.make_article()
    path = article.get_absolute_url()
    for text in (
        path,
        f"  {path}?utm_source=zalo#dau",
        f"https://dongthanh.example{path}",
        f"Một [bài] có ngoặc [{path}]",
        f"/tin-tuc/chuyen-muc-cu/ten-cu-{article.pk}/",
    ):
        assert places.find(text) == Place("article", str(article.pk)), text


def test_pages_of_results_procedures_and_of_the_menu_are_found():
    period, procedure = factory.make_listed_period(), factory.make_procedure()
    page = factory.make_page()
    assert places.find(period.get_absolute_url()) == ("result", period.code)
    assert places.find(procedure.get_absolute_url()) == ("procedure", procedure.code)
    assert places.find("/lien-he/") == ("target", "contact")
    assert places.find(page.get_absolute_url()) == ("target", f"articles:page:{page.pk}")


@pytest.mark.parametrize(
    "text",
    [
        *("", "lịch tiếp dân", "lien-he", "//khac.example/lien-he/", "http://["),
        *("https://khac.example/lien-he/", "/quan-tri/", "/khong-co/", "/tin-tuc/a/b-9/"),
        *("javascript:alert(1)", "http://ⅷ.example/", "/tin-tuc/a/b-" + "9" * 40),
    ],
)
def test_anything_else_is_refused_with_a_sentence(text):
    with pytest.raises(NoPlace, match=r"\."):
        places.find(text)


def test_a_place_follows_a_changed_address_and_is_seen_to_be_gone():
    article = factory.make_article()
    place = places.find(article.get_absolute_url())
    article.slug = "ten-moi"
    article.save()
    assert places.shown([place])[place].url.endswith(f"ten-moi-{article.pk}/")
    article.status, article.withdrawal_kind = Status.WITHDRAWN, WithdrawalKind.MISTAKE
    article.withdrawn_at = factory.FIRST_READ
    article.withdrawal_reason = "Nhầm ngày."
    article.save()
    assert places.shown([place]) == {}
    assert places.line_of(place) == ""


def test_what_is_offered_can_be_found_again():
    factory.make_article()
    factory.make_listed_period()
    lines = places.offered()
    assert {"article", "result", "target"} <= {
        places.find(line).kind for line in lines[:2]
    } | {places.find("/lien-he/").kind}
    assert places.line_of(places.find(lines[0])) == lines[0]
