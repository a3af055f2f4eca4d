import json
import re
from html import unescape

import pytest
from django import forms
from django.contrib.auth.models import Permission
from django.urls import reverse

from portal import presence, richtext, roles
from portal.editor import (
    CONFIG,
    LONGEST_PASTE,
    SAVED_COOKIE,
    SPECIAL_CHARACTERS,
    TOOLBAR,
    RichTextWidget,
)
from tests import factory


@pytest.fixture
def page(client, db):
    client.force_login(factory.make_user(roles=[roles.EDITOR]))
    return client.get(reverse("admin:articles_article_add"))


def policy(response):
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


def test_editor_page_has_its_own_policy_with_a_nonce(page):
    rules = policy(page)
    nonce = re.search(r"editor\.js\" nonce=\"([^\"]+)\"", page.content.decode())[1]
    assert rules["script-src"] == ["'self'", f"'nonce-{nonce}'"]
    assert rules["script-src-attr"] == ["'unsafe-inline'"]
    assert rules["style-src"] == ["'self'", "'unsafe-inline'"]
    assert rules["object-src"] == rules["base-uri"] == ["'none'"]


def test_other_admin_pages_keep_the_strict_policy(client, page):
    rules = policy(client.get(reverse("admin:articles_article_changelist")))
    assert "'unsafe-inline'" not in " ".join(sum(rules.values(), []))
    assert "script-src-attr" not in rules


def test_editor_is_told_what_the_allow_list_knows():
    *written, uploading = CONFIG["allowedContent"].split("; ")
    rules = dict(re.fullmatch(r"(\w+)(.*)", rule).groups() for rule in written)
    assert uploading == "img[!data-widget]"
    assert set(rules) == richtext.TAGS
    assert rules["a"] == "[!href]"
    assert rules["img"].startswith("[alt,height,!src,width](align-left,")
    assert "decorative" in rules["img"]
    assert rules["td"] == "[colspan,rowspan](align-center,align-justify,align-right)"
    assert "style" not in CONFIG["allowedContent"]


@pytest.mark.parametrize(
    ("button", "html"),
    [
        ("Bold", "<p><strong>a</strong></p>"),
        ("Italic", "<p><em>a</em></p>"),
        ("Subscript", "<p>H<sub>2</sub></p>"),
        ("Superscript", "<p>m<sup>2</sup></p>"),
        ("NumberedList", "<ol><li>a</li></ol>"),
        ("BulletedList", "<ul><li>a</li></ul>"),
        ("Blockquote", "<blockquote><p>a</p></blockquote>"),
        ("JustifyCenter", '<p class="align-center">a</p>'),
        ("JustifyRight", '<h2 class="align-right">a</h2>'),
        ("Link", '<p><a href="https://a.example/" rel="noopener">a</a></p>'),
        ("Image", '<p><img src="/media/a.jpg" alt="a" width="4" height="3"></p>'),
        ("Table", '<table><caption>a</caption><tbody><tr><th scope="row">a</th></tr></tbody></table>'),
        ("HorizontalRule", "<p>a</p><hr>"),
        ("Format", "<h2>a</h2><h3>b</h3><h4>c</h4>"),
    ],
)  # fmt: skip
def test_what_a_button_makes_is_kept_as_it_is(button, html):
    assert button in sum(TOOLBAR, [])
    assert richtext.clean(html) == html


@pytest.mark.parametrize(
    "plugin", ["scayt", "wsc", "exportpdf", "iframe", "forms", "sourcearea"]
)
def test_plugins_that_call_out_or_are_not_needed_are_off(plugin):
    assert plugin in CONFIG["removePlugins"].split(",")


def test_vietnamese_letters_are_stored_as_themselves():
    assert not any(
        CONFIG[name] for name in ("entities", "entities_latin", "entities_greek")
    )
    assert CONFIG["language"] == "vi"
    assert CONFIG["versionCheck"] is False


def test_widget_names_the_upload_address_and_the_look_of_the_page():
    html = RichTextWidget().render("body", "<p>a</p>", {"id": "id_body"})
    config = json.loads(unescape(re.search(r'data-config="([^"]+)"', html)[1]))
    assert (
        config["uploadUrl"]
        == config["filebrowserUploadUrl"]
        == "/quan-tri/portal/picture/tai-len/"
    )
    assert any(address.endswith("css/site.css") for address in config["contentsCss"])


def test_widgets_do_not_share_their_settings():
    one, other = RichTextWidget(), RichTextWidget()
    one.config["height"] = 1
    assert other.config["height"] == CONFIG["height"] != 1


def test_widget_escapes_what_was_stored():
    class Form(forms.Form):
        body = forms.CharField(widget=RichTextWidget())

    html = str(Form(initial={"body": "</textarea><script>alert(1)</script>"})["body"])
    assert "<script>" not in html


def test_each_special_character_is_one_sign_with_a_name_of_its_own():
    signs, names = zip(*SPECIAL_CHARACTERS, strict=True)
    assert {len(sign) for sign in signs} == {1}
    assert len(set(signs)) == len(set(names)) == len(signs)
    assert richtext.clean("".join(signs)) == f"<p>{''.join(signs)}</p>"


def test_a_document_is_sent_to_the_address_of_documents():
    widget = RichTextWidget()
    widget.render("body", "", {"id": "id_body"})
    assert widget.config["filebrowserLinkUploadUrl"] == reverse(
        "admin:portal_attachment_upload"
    )


# --- The page ------------------------------------------------------------------------


@pytest.fixture
def writer(db):
    return factory.make_user(roles=[roles.EDITOR], last_name="Lê Thị", first_name="Hoa")


@pytest.fixture
def article(writer):
    return factory.make_article(status="draft")


def address(name, article=None, model="article"):
    return reverse(f"admin:articles_{model}_{name}", args=[article.pk] if article else [])


def test_the_page_says_without_script_who_else_has_it_open(client, writer, article):
    other = factory.make_user(last_name="Trần Văn", first_name="An")
    presence.touch(target=article, user=other)
    client.force_login(writer)
    page = client.get(address("change", article)).content.decode()
    assert "Đang được Trần Văn An mở (từ " in page
    assert [each.user for each in presence.others(article, other)] == [writer]


def test_who_may_only_read_is_not_noted_as_writing(client, article):
    reader = factory.make_user()
    reader.user_permissions.set(Permission.objects.filter(codename="view_article"))
    client.force_login(reader)
    response = client.get(address("change", article))
    assert response.status_code == 200
    assert "data-writing" not in response.content.decode()
    assert presence.others(article, factory.make_user()) == []


# --- The heartbeat -------------------------------------------------------------------


def test_the_heartbeat_tells_how_things_stand(client, writer, article):
    other = factory.make_user(last_name="Trần Văn", first_name="An")
    presence.touch(target=article, user=other)
    client.force_login(writer)
    answer = client.post(address("pulse", article)).json()
    assert answer["user"] == str(writer.pk)
    assert len(answer["token"]) == 64
    assert answer["others"].startswith("Đang được Trần Văn An mở")
    assert answer["edition"] == article.head.number
    assert answer["saved"].startswith("Hệ thống đã lưu bản 1 lúc ")
    assert [each.user for each in presence.others(article, other)] == [writer]


def test_asking_alone_notes_nobody(client, writer, article):
    client.force_login(writer)
    assert client.get(address("pulse", article)).status_code == 200
    assert presence.others(article, factory.make_user()) == []


def test_leaving_is_noted(client, writer, article):
    client.force_login(writer)
    client.post(address("pulse", article))
    client.post(address("pulse", article), {"leave": "1"})
    assert presence.others(article, factory.make_user()) == []


def test_a_new_text_has_a_heartbeat_without_presence(client, writer):
    client.force_login(writer)
    assert set(client.post(address("pulse_new")).json()) == {"user", "token"}


def test_the_heartbeat_costs_few_queries(
    client, writer, article, django_assert_max_num_queries
):
    client.force_login(writer)
    # Whether the site still takes changes; session, user, permissions, duties, article,
    # edition and its writer, upsert, others.
    with django_assert_max_num_queries(11):
        client.post(address("pulse", article))


@pytest.mark.parametrize("name", ["pulse", "pulse_new", "paste"])
def test_addresses_of_the_editor_want_the_right_to_write(client, article, name):
    at = address(name, article if name == "pulse" else None)
    assert client.post(at).status_code == 302
    client.force_login(factory.make_user(roles=[roles.STATISTICS_READER]))
    assert client.post(at).status_code == 403


def test_the_heartbeat_of_nothing_is_not_found(client, writer):
    client.force_login(writer)
    for number in (0, 10**30):
        assert client.post(f"/quan-tri/articles/article/{number}/nhip/").status_code == 404


# --- Pasting -------------------------------------------------------------------------


def test_what_is_pasted_comes_back_as_it_will_be_stored(client, writer):
    client.force_login(writer)
    html = '<h1 class="MsoTitle">A</h1><p style="text-align:center">b<script>x</script></p>'
    answer = client.post(address("paste"), {"html": html}).json()
    assert answer["html"] == richtext.clean(html)
    assert any("script" in sentence for sentence in answer["report"])


def test_a_paste_longer_than_any_text_is_refused(client, writer):
    client.force_login(writer)
    response = client.post(address("paste"), {"html": "a" * (LONGEST_PASTE + 1)})
    assert response.status_code == 413


@pytest.mark.parametrize("html", ["", "\x00", "<" * 1000, "<table><td>" * 300])
def test_no_paste_is_an_error(client, writer, html):
    client.force_login(writer)
    assert client.post(address("paste"), {"html": html}).status_code == 200


# --- The draft that the browser keeps ----------------------------------------------


@pytest.fixture
def save(client, writer):
    """Return a function that saves a new article from the draft of this name."""
    client.force_login(writer)
    category = factory.make_category()

    def save(draft, **fields):
        values = {"title": "Bài", "category": category.pk, "draft": draft} | fields
        return client.post(address("add"), values)

    return save


def test_the_server_names_the_draft_that_it_has_saved(save):
    cookie = save("abcdefgh1234").cookies[SAVED_COOKIE]
    assert cookie.value == "abcdefgh1234"
    assert cookie["path"] == "/quan-tri/"
    assert not cookie["httponly"]


def test_drafts_saved_before_are_still_named(save):
    save("abcdefgh1234")
    assert save("ijklmnop5678").cookies[SAVED_COOKIE].value == "abcdefgh1234.ijklmnop5678"


def test_a_form_with_a_mistake_is_not_called_saved_and_goes_on_under_its_name(save):
    response = save("abcdefgh1234", title="")
    assert response.status_code == 200
    assert SAVED_COOKIE not in response.cookies
    assert 'name="draft" value="abcdefgh1234"' in response.content.decode()


def test_what_was_refused_is_not_called_saved(client, writer, article):
    client.force_login(writer)
    values = {"title": "A", "category": article.category_id, "based_on": "0"}
    response = client.post(address("change", article), values | {"draft": "abcdefgh1234"})
    assert response.status_code == 409
    assert SAVED_COOKIE not in response.cookies


@pytest.mark.parametrize("draft", ["", "a", "A" * 20, "../x", "a" * 33, 'x" onload="y'])
def test_a_name_that_no_browser_gives_is_dropped(save, draft):
    response = save(draft)
    assert SAVED_COOKIE not in response.cookies
