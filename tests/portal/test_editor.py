import json
import re
from html import unescape

import pytest
from django import forms
from django.urls import reverse

from portal import richtext, roles
from portal.editor import CONFIG, TOOLBAR, RichTextWidget
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
