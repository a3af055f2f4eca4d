import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitors import referrers
from visitors.models import ReferrerCount

OWN = "xa.example.vn"


@pytest.mark.parametrize(
    ("referer", "host"),
    [
        ("https://baolangson.vn/tin?id=3", "baolangson.vn"),
        ("http://www.langson.gov.vn:8080/", "langson.gov.vn"),
        ("HTTPS://BaoLangSon.VN./", "baolangson.vn"),
        ("https://ai@baolangson.vn/", "baolangson.vn"),
        ("https://xn--bo-yla.vn/", "xn--bo-yla.vn"),
        ("https://192.0.2.1/", "192.0.2.1"),
    ],
)
def test_only_the_host_is_kept(referer, host):
    assert referrers.host(referer, OWN) == host


@pytest.mark.parametrize(
    ("referer", "host", "name"),
    [
        ("https://www.google.com.vn/", "google.com", "Google"),
        ("https://news.google.com/", "google.com", "Google"),
        ("android-app://com.google.android.googlequicksearchbox/", "google.com", "Google"),
        ("https://l.facebook.com/l.php?u=x", "facebook.com", "Facebook"),
        ("http://m.facebook.com", "facebook.com", "Facebook"),
        ("https://l.messenger.com/", "messenger.com", "Messenger"),
        ("https://chat.zalo.me/", "zalo.me", "Zalo"),
        ("android-app://com.zing.zalo/", "zalo.me", "Zalo"),
        ("https://m.youtube.com/", "youtube.com", "YouTube"),
        ("android-app://com.google.android.youtube/", "youtube.com", "YouTube"),
        ("https://t.co/abc", "x.com", "X (Twitter)"),
        (
            "https://thutuc.dichvucong.gov.vn/p/home",
            "dichvucong.gov.vn",
            "Cổng Dịch vụ công quốc gia",
        ),
        ("https://cn.bing.com/", "bing.com", "Bing"),
        ("https://baolangson.vn/", "baolangson.vn", "baolangson.vn"),
    ],
)
def test_all_hosts_of_a_service_are_one_row_with_a_name(referer, host, name):
    assert referrers.host(referer, OWN) == host
    assert referrers.name(host) == name


@pytest.mark.parametrize(
    "referer",
    ["https://googlee.com/", "https://mygoogle.com/", "https://facebook.com.example.vn/"]
    + ["https://notzalo.me/", "https://google.com.evil.example/"],
)
def test_a_host_that_only_looks_like_a_service_is_its_own(referer):
    assert referrers.host(referer, OWN) == referer.split("/")[2]


@pytest.mark.parametrize(
    "referer",
    [
        "https://xa.example.vn/tin-tuc/",
        "http://www.xa.example.vn",
        "https://XA.example.vn:443/",
    ],
)
@pytest.mark.parametrize("own_host", [OWN, "www.xa.example.vn", "XA.EXAMPLE.VN:8000"])
def test_the_own_site_is_no_referrer(referer, own_host):
    assert referrers.host(referer, own_host) == ""


@pytest.mark.parametrize(
    "referer",
    [
        "",
        "-",
        "about:client",
        "javascript:alert(1)",
        "file:///C:/",
        "ftp://example.vn/",
        "//a.vn",
    ]
    + [
        "https://",
        "https:///tin",
        "https://[::1]/",
        "https://[",
        "https://a b.vn/",
        "http://.vn",
    ]
    + ["https://<script>/", "https://\x00.vn/", "https://báo.vn/", "https://" + "a" * 101]
    + [
        "https://" + "a" * 1_000_000,
        "https://" + "@" * 1_000_000,
        "https://a.vn\\@b.vn:99999/x",
    ],
)
def test_what_no_browser_sends_is_ignored(referer):
    assert referrers.host(referer, OWN) in ("", "a.vn")


@given(st.text(), st.text(max_size=50))
def test_no_header_makes_it_raise_or_keep_more_than_fits(text, own_host):
    column = ReferrerCount._meta.get_field("host")
    for referer in (text, f"https://{text}", f"android-app://{text}/"):
        found = referrers.host(referer, own_host)
        assert len(found) <= referrers.LONGEST == column.max_length
        assert found == referrers.host(f"https://{found}/", own_host) or not found


def test_every_stored_host_of_a_service_is_stored_as_itself():
    for stored in referrers._NAMES:
        assert referrers.host(f"https://www.{stored}/", OWN) == stored
