from datetime import UTC, datetime

import pytest
import time_machine
from django.template import Context, Template, TemplateSyntaxError
from django.test import override_settings

from articles.models import Article
from portal import content_version, home
from portal.context import Site
from tests.factory import (
    make_article,
    make_category,
    make_identity,
    make_menu_item,
    make_phone,
)

LABELS = (
    "{% load fragments %}{% fragment %}{% for group, phones in site.phones %}"
    "{% for phone in phones %}{{ phone.label }};{% endfor %}{% endfor %}{% endfragment %}"
)


class Drawn:
    """A value that counts how often it is drawn."""

    times = 0

    def __str__(self):
        self.times += 1
        return "giá trị"


def draw(template, **values):
    site = Site(is_official_host=False)
    return template.render(Context({"site": site, **values}))


@pytest.mark.django_db
def test_a_fragment_is_drawn_once_and_anew_when_content_changes(content_committed):
    value = Drawn()
    template = Template("{% load fragments %}{% fragment v=v %}{{ v }}{% endfragment %}")
    assert [draw(template, v=value), draw(template, v=value)] == ["giá trị"] * 2
    assert value.times == 1
    make_phone(label="Công an xã")
    content_committed()
    draw(template, v=value)
    assert value.times == 2


@pytest.mark.django_db
def test_a_fragment_shows_changed_content_once_it_is_committed(content_committed):
    template = Template(LABELS)
    assert draw(template) == ""
    make_phone(label="Công an xã")
    content_committed()
    assert draw(template) == "Công an xã;"


@pytest.mark.django_db
def test_a_fragment_is_drawn_for_each_of_its_values():
    template = Template(
        "{% load fragments %}{% fragment a=x b=y %}{{ a }}{{ b }}{% endfragment %}"
    )
    assert draw(template, x=1, y=2) == "12"
    assert draw(template, x=2, y=1) == "21"
    assert draw(template, x=1, y=2) == "12"


@pytest.mark.django_db
def test_a_fragment_knows_nothing_of_the_page_but_what_it_names():
    template = Template(
        "{% load fragments %}{% fragment a=x %}{{ a }}{{ x }}{{ y }}{% endfragment %}"
    )
    assert draw(template, x="tên", y="riêng") == "tên"


@pytest.mark.django_db
def test_a_fragment_escapes_what_it_draws():
    template = Template("{% load fragments %}{% fragment a=x %}{{ a }}{% endfragment %}")
    assert [draw(template, x="<b>"), draw(template, x="<b>")] == ["&lt;b&gt;"] * 2


@pytest.mark.parametrize(
    "body",
    [
        "{% fragment %}{% if 1 %}{% block x %}{% endblock %}{% endif %}{% endfragment %}",
        "{% fragment path %}{% endfragment %}",
        "{% fragment %}",
    ],
)
def test_a_fragment_that_could_mix_up_pages_is_refused(body):
    with pytest.raises(TemplateSyntaxError):
        Template("{% load fragments %}" + body)


# --- On the pages --------------------------------------------------------------------


def current_links(client, address):
    page = client.get(address).content.decode()
    return [
        part.partition('"')[0]
        for part in page.split('class="menu__link" href="')[1:]
        if "aria-current" in part.partition(">")[0]
    ]


@pytest.mark.django_db
def test_the_marked_entries_of_the_menu_follow_the_page(client):
    make_menu_item(url="/tin-tuc/")
    make_menu_item(url="/lien-he/")
    for _ in range(2):  # drawn, and kept
        assert current_links(client, "/lien-he/") == ["/lien-he/"]
        assert current_links(client, "/so-do-trang/") == []
        assert current_links(client, "/tin-tuc/") == ["/tin-tuc/"]


@pytest.mark.django_db
@override_settings(OFFICIAL_HOSTS=["xa.example.vn"], ALLOWED_HOSTS=["*"])
def test_only_the_official_host_says_so_whichever_is_asked_first(client):
    make_identity(governing_body="Ủy ban nhân dân xã")
    for host, is_official in [("xa.example.vn", True), ("khac.example.vn", False)] * 2:
        page = client.get("/lien-he/", headers={"host": host}).content.decode()
        assert (
            "Trang thông tin điện tử chính thức của Ủy ban nhân dân xã" in page
        ) == is_official


@pytest.mark.django_db(transaction=True)
def test_what_a_request_read_before_a_commit_is_not_drawn_for_the_requests_after(
    client, monkeypatch
):
    article = make_article(title="Tiêu đề cũ", is_featured=True)
    client.get("/")
    content_version.clear()
    render = home.render

    def render_after_a_commit(*arguments, **options):
        # Another worker commits, and the half second of the remembered version runs out.
        Article.objects.filter(pk=article.pk).update(title="Tiêu đề mới")
        content_version.forget_version()
        return render(*arguments, **options)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(home, "render", render_after_a_commit)
        client.get("/")
    content_version.forget_version()
    page = client.get("/").content.decode()
    assert "Tiêu đề mới" in page
    assert "Tiêu đề cũ" not in page


@pytest.mark.django_db
def test_a_menu_entry_appears_when_a_scheduled_article_fills_its_page(
    client, content_committed
):
    category = make_category(name="Văn hóa")
    target = f"articles:category:{category.pk}"
    make_menu_item(label="Mục văn hóa", target=target)
    make_article(category=category, published_at=datetime(2024, 1, 26, 8, tzinfo=UTC))
    content_committed()
    with time_machine.travel(datetime(2024, 1, 26, 7, 59, 59, tzinfo=UTC), tick=False):
        assert "Mục văn hóa" not in client.get("/lien-he/").content.decode()
    with time_machine.travel(datetime(2024, 1, 26, 8, tzinfo=UTC), tick=False):
        assert "Mục văn hóa" in client.get("/lien-he/").content.decode()
