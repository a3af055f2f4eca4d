"""The form of a legal document takes whatever is sent to it."""

import pytest
from django.urls import reverse

from portal import roles
from portal.models import LegalBasis
from tests import factory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", ["abc", "a\0b", "9" * 40, "-1", "١٢"])
def test_what_can_be_no_key_is_refused_in_the_form(client, key):
    client.force_login(factory.make_user(roles=[roles.ADMINISTRATOR]))
    typed = {"number": "1/2024/NĐ-CP", "title": "Nghị định", "replaced_by": key}
    page = client.post(reverse("admin:portal_legalbasis_add"), typed)
    assert page.status_code == 200
    assert "1/2024/NĐ-CP" in page.content.decode()
    assert not LegalBasis.objects.exists()
