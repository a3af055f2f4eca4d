import pytest
from django.urls import reverse

from tests.factory import make_user

pytestmark = pytest.mark.django_db


def test_readers_are_sent_to_the_sign_in(client):
    response = client.get(reverse("style_guide"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("admin:login"))


def test_staff_see_every_component_on_light_and_on_dark(client):
    client.force_login(make_user(is_staff=True))
    html = client.get(reverse("style_guide")).content.decode()
    for component in (
        "button",
        "notice",
        "badge",
        "field",
        "figures",
        "data",
        "chart",
        "card",
        "block",
    ):
        assert html.count(f'class="{component}"') >= 2
    assert 'class="sample theme-light"' in html
    assert 'class="sample theme-dark"' in html
    assert 'class="pager"' in html
