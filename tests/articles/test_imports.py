import base64
import io
import json
import os
import shutil
import unicodedata
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from articles import workflow
from articles.imports import dates, decoding
from articles.imports.feeds import read_feed
from articles.imports.folders import SavedFolder, read_file
from articles.imports.importing import MAX_PAGE, Outcome, import_old_site
from articles.imports.outline import parse
from articles.imports.pages import read_page
from articles.imports.reading import NoArticle, OldArticle, Unreadable
from articles.models import Article, ImportedItem, Precision
from portal.audit import AuditEntry
from portal.files import Picture
from portal.redirects import Redirect
from tests.factory import make_category, make_user

PAGES = Path(__file__).parent / "old_site"
NOW = datetime(2025, 3, 1, 3, 0, tzinfo=UTC)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj "
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
)


def read(name):
    raw = (PAGES / name).read_bytes()
    if name == "thu-hoach-lac.htm":
        raw = raw.decode().encode("windows-1252")  # a page typed in .VnTime
    return read_page(raw)


def page(body, *, head="", title="Thôn Kiệm sửa lại đường vào chợ"):
    html = f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    return html.encode()


PROSE = (
    "<p>Con đường vào chợ thôn Kiệm được đổ bê tông lại trong hai tuần, dài hơn ba trăm mét, "
    "có rãnh thoát nước hai bên.</p><p>Trong lúc làm, xe máy đi vòng theo bờ kênh; quầy hàng "
    "tạm chuyển ra sân bóng, ban quản lý chợ không thu phí của các tiểu thương.</p>"
)


# --- Decoding ---------------------------------------------------------------------------


def windows_1258(text):
    """Encode as Vietnamese Windows did: letters with their hat, tones as characters of their own."""
    out = b""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323")
        bare = "".join(c for c in parts if c not in tones)
        out += (unicodedata.normalize("NFC", bare) + tones).encode("windows-1258")
    return out


@pytest.mark.parametrize(
    "encode",
    [
        str.encode,
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        lambda text: text.encode("utf-32"),
        windows_1258,
        # One broken byte makes no other encoding of a page.
        lambda text: text.encode() + b"\xff",
    ],
)
def test_a_page_is_read_in_whatever_it_was_written(encode):
    text = (PAGES / "hop-thon.html").read_text("utf-8")
    decoded, legacy = decoding.decode(encode(text))
    assert unicodedata.normalize("NFC", decoded).rstrip("\ufffd") == text
    assert legacy == ""


def test_text_typed_for_a_legacy_font_becomes_unicode():
    article = read("thu-hoach-lac.htm")
    assert article.title == "Bà con thôn Kim Bôi thu hoạch lạc vụ xuân"
    assert "Năm nay trời ít mưa nên củ chắc" in article.body
    assert any("phông cũ" in remark for remark in article.remarks)


def test_legacy_text_pasted_into_a_page_in_unicode_is_converted_alone():
    pasted = "<p>Hîp t¸c x· ®· më s©n ph¬i vµ cho m­în m¸y t¸ch cñ, nªn viÖc nhµ n«ng bít vÊt v¶.</p>"
    article = read_page(page(PROSE + pasted))
    assert "Hợp tác xã đã mở sân phơi" in article.body
    assert "đổ bê tông lại" in article.body


# --- Date lines -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected", "precision"),
    [
        ("Đăng lúc: 08:30:15 26/01/2024 (GMT+7)", (8, 30, 15), Precision.DATE_TIME),
        ("Đăng lúc: 00:00:00 26/01/2024 (GMT+7)", (0, 0, 0), Precision.DATE),
        (
            "Đăng lúc: 08:30:00 26/01/2024 (GMT+7) 100% Print",
            (8, 30, 0),
            Precision.DATE_TIME,
        ),
        ("Đăng ngày 26/1/2024", (0, 0, 0), Precision.DATE),
        ("Ngày 26/01/2024", (0, 0, 0), Precision.DATE),
        ("Ngày 26 tháng 01 năm 2024", (0, 0, 0), Precision.DATE),
        ("Thứ sáu, 26/01/2024, 14:05 (GMT+7)", (14, 5, 0), Precision.DATE_TIME),
        ("26/01/2024 2:05:00 CH", (14, 5, 0), Precision.DATE_TIME),
        ("26/01/2024 12:05 SA", (0, 5, 0), Precision.DATE_TIME),
        ("Cập nhật lúc 14h30 ngày 26-01-2024", (14, 30, 0), Precision.DATE_TIME),
        ("Ngày đăng: 26.01.2024 | Lượt xem: 1.234", (0, 0, 0), Precision.DATE),
    ],
)
def test_a_date_line_is_read_in_the_forms_that_portals_print(text, expected, precision):
    moment, known = dates.read_line(text)
    assert (moment.year, moment.month, moment.day) == (2024, 1, 26)
    assert (moment.hour, moment.minute, moment.second) == expected
    assert moment.utcoffset().total_seconds() == 7 * 3600
    assert known == precision


@pytest.mark.parametrize(
    "text",
    [
        "",
        "31/02/2024",
        "26/01/2024 25:00",
        "Ngày 26/01/2024, xã tổ chức họp",
        "Đăng lúc",
        "26/01/24",
        "26/01/0024",
        "26/01/0202 08:30",
        "26/01/9999",
        "1" * 10_000,
    ],
)
def test_anything_else_is_no_date_line(text):
    assert dates.read_line(text) is None


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+14:00", "0202-01-26", "9999-12-31T23:59:59-12:00", "x"]
)
def test_a_machines_date_of_no_such_year_is_none(text):
    assert dates.read_iso(text) is None


# --- Saved pages --------------------------------------------------------------------------


def test_the_former_portals_page_gives_its_article_and_nothing_else():
    article = read("chuyen-doi-so.html")
    assert article.title == "Lợi ích của chuyển đổi số đối với người dân thôn Kiệm"
    assert article.precision == Precision.DATE
    assert f"{article.published_at:%d/%m/%Y}" == "26/01/2024"
    assert article.address == (
        "http://xacu.example/portal/Pages/2024-1-26/Chuyen-doi-so-12.aspx"
    )
    text = " ".join(parse(article.body).text(separator=" ").split())
    assert text.startswith("1. Bớt đi lại khi làm giấy tờ Từ đầu năm")
    assert text.endswith("qua loa vào buổi tối cùng ngày.")
    assert "(DVC). Mỗi hồ sơ" in text  # a footnote's digit stood there
    assert article.remarks == ["Đã bỏ chữ số chú thích lạc còn sót trong bài."]


def test_numbers_of_footnotes_stay_when_the_notes_are_there():
    notes = "<p>[8] Theo báo cáo tháng Mười của hợp tác xã dịch vụ nông nghiệp.</p>"
    article = read_page(page(PROSE.replace("bên.", "bên (rãnh)8.") + notes))
    assert "(rãnh)8." in article.body
    assert article.remarks == []


def test_an_article_in_tables_gives_lead_author_source_and_caption():
    article = read("hop-thon.html")
    assert article.title == "Họp thôn Phúc Triền 1 bàn việc làm đường"
    assert article.lead.startswith("Bốn mươi hộ của thôn đã thống nhất")
    assert article.lead not in article.body
    assert (article.author_name, article.source) == (
        "Nguyễn Thị Hạnh",
        "Đài truyền thanh xã",
    )
    assert "<figcaption>Bà con thôn Phúc Triền 1 góp ý" in article.body
    assert "<td>A</td><td>120</td>" in article.body  # a real table, with a lone letter
    for foreign in (
        "Các tin khác",
        "Thôn Cần ra quân",
        "Chia sẻ",
        "Lượt truy cập",
        "fb.png",
    ):
        assert foreign not in article.body


@pytest.mark.parametrize(
    ("name", "title", "lead", "author", "date"),
    [
        ("sach-cho-em.html", "Sách cũ đến tay học trò mới", "Hơn ba trăm", "Trần Thị Mai", "06/09/2023 07:15"),
        ("van-nghe.html", "Đêm văn nghệ mừng lúa mới", "", "", "15/10/2022 20:00"),
        ("lich-cat-dien.htm", "Lịch cắt điện để sửa đường dây ở ba thôn", "", "", "26/01/2024 00:00"),
        ("tuyen-quan.html", "Thông báo gọi khám tuyển nghĩa vụ quân sự năm 2024", "", "", "05/10/2023 08:00"),
        ("ngan/loa-hong.html", "Loa thôn Cần tạm nghỉ để sửa", "", "", "04/03/2024 09:05"),
    ],
)  # fmt: skip
def test_pages_of_many_kinds_give_title_lead_author_and_date(
    name, title, lead, author, date
):
    article = read(name)
    assert article.title == title
    assert article.lead[:11] == lead
    assert article.author_name == author
    assert f"{article.published_at:%d/%m/%Y %H:%M}" == date


def test_an_article_without_marks_is_found_by_where_the_text_is():
    article = read("nuoc-sach.html")
    assert article.title == "Nước sạch về thôn Ngọc Tích"
    assert article.published_at is None
    assert article.address == ""  # the canonical address is the home page
    assert article.body.count("</p><p>") == 3  # two breaks end a paragraph
    assert "Thời tiết" not in article.body and "Quay lại" not in article.body


def test_the_date_in_a_pages_header_is_not_the_articles():
    header = "<div>Thứ Bảy, ngày 15/11/2025</div><h1>Thôn Kiệm sửa lại đường vào chợ</h1>"
    assert read_page(page(header + PROSE)).published_at is None
    below = read_page(page(header + "<i>27/01/2024</i>" + PROSE))
    assert f"{below.published_at:%d/%m/%Y}" == "27/01/2024"


def test_a_date_line_below_the_text_does_not_begin_it():
    below = "<p>Cập nhật: 27/01/2024 09:00</p><p>Bản quyền thuộc về Ủy ban nhân dân xã Đông Thanh.</p>"
    article = read_page(page(PROSE + below))
    assert f"{article.published_at:%d/%m/%Y %H:%M}" == "27/01/2024 09:00"
    assert "Con đường vào chợ" in article.body


def test_an_article_of_which_all_looks_like_a_lead_keeps_it_as_its_text():
    notice = "Chợ Kiệm nghỉ phiên ngày mười lăm để phun thuốc khử trùng."
    body = f"<p>Đăng ngày: 26/01/2024</p><p class=sapo><b>{notice}</b></p>"
    article = read_page(page(body, title="Chợ Kiệm nghỉ một phiên"))
    assert (article.lead, notice in article.body) == ("", True)


def test_a_passage_headed_like_other_news_is_not_cut_off_in_the_midst():
    article = read_page(page(PROSE + "<p>Tin khác</p>" + PROSE))
    assert article.body.count("Con đường vào chợ") == 2
    assert "Tin khác" in article.body


def test_a_title_in_the_banner_is_not_the_articles():
    banner = "<h1>Chào mừng bạn đến với Trang thông tin điện tử xã Đông Thanh</h1>"
    article = read_page(
        page(banner + PROSE, title="Trang thông tin điện tử | Đường vào chợ Kiệm")
    )
    assert article.title == "Đường vào chợ Kiệm"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ((PAGES / "danh-sach-tin.html").read_bytes(), "liệt kê nhiều bài"),
        ((PAGES / "thu-vien-anh.html").read_bytes(), "Không thấy ngày đăng"),
        (
            page("<p>Đăng lúc: 08:00:00 01/01/2024 (GMT+7)</p><p>Tin.</p>" * 3),
            "liệt kê nhiều bài",
        ),
        (page("<p>Đăng lúc: 08:00:00 01/01/2024 (GMT+7)</p>"), "không có nội dung nào"),
        (b"", "Không thấy"),
        (b"<frameset><frame src=a.htm></frameset>", "không có nội dung"),
    ],
)
def test_a_page_without_one_article_says_why(raw, reason):
    with pytest.raises(NoArticle, match=reason):
        read_page(raw)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [(b"<div>" * 90_000, "không đóng"), (b"<p>chu" * 300_000, "quá nhiều thẻ")],
)
def test_a_page_made_to_exhaust_the_parser_is_refused_at_once(raw, reason):
    with pytest.raises(Unreadable, match=reason):
        read_page(raw)


FRAGMENTS = (
    "<p>", "</p>", "<table><tr><td>", "</table>", "<div class=menu>", "</div>", "<h1>", "<br><br>",
    "<a href=x.pdf>", "<img src=a_files/b.jpg>", "<select><option>", "<svg>", "<!--", "-->",
    "<template>", "<frameset>", "Đăng lúc: 00:00:00 26/01/2024 (GMT+7)", "Các tin khác", "(a)8 ",
    "<div style='display:none'>", "\0", "&#0;", "chữ " * 30, "Tác giả: A", "<title>", "<base href=//[>",
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(st.binary(max_size=2000), st.lists(st.sampled_from(FRAGMENTS)).map("".join))
)
def test_no_page_whatever_it_holds_raises_anything_unexpected(raw):
    raw = raw if isinstance(raw, bytes) else raw.encode()
    try:
        article = read_page(raw)
    except (NoArticle, Unreadable) as reason:
        assert str(reason)
    else:
        assert article.title


# --- Feeds ----------------------------------------------------------------------------------


def feed(name):
    with (PAGES / name).open("rb") as file:
        return list(read_feed(file))


def test_rss_gives_articles_with_text_lead_author_and_date():
    first, second, third = feed("tin.rss")
    assert first.title == "Tổ chức hội thi cấy lúa nhanh"
    assert first.lead.startswith("Tám đội thi của tám thôn")
    assert first.author_name == "Phạm Văn Tùng"
    assert first.precision == Precision.DATE
    assert "Facebook" not in first.body
    assert first.address == "http://xacu.example/tin/hoi-thi-cay-lua.html"
    assert f"{second.published_at:%d/%m/%Y %H:%M}" == "06/02/2024 14:20"
    assert "chỉ có phần tóm tắt" in second.remarks[0]
    assert isinstance(third, NoArticle)


def test_atom_gives_articles_with_xhtml_text():
    (article,) = feed("tin.atom")
    assert article.title == "Lớp học bơi < 12 tuổi mở ở hồ thôn Cần"
    assert "<p>Hồ được rào lưới" in article.body
    assert f"{article.published_at:%d/%m/%Y %H:%M}" == "01/06/2023 08:30"
    assert article.address == "http://xacu.example/tin/lop-boi.html"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b'<!DOCTYPE r [<!ENTITY a "x">]><rss><channel><item/></channel></rss>', "ENTITY"),
        (b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss>&a;</rss>', "ENTITY"),
        (b"<html><body/></html>", "không phải là RSS"),
        (b"", "hỏng"),
        (b"\xff\xfe\x00<rss", "hỏng"),
        (b'<?xml version="1.0" encoding="khong-co"?><rss/>', "hỏng"),
    ],
)
def test_what_is_no_safe_feed_is_refused(raw, reason):
    with pytest.raises(Unreadable, match=reason):
        list(read_feed(io.BytesIO(raw)))


def test_what_stands_before_the_flaw_of_a_feed_is_read():
    whole = (PAGES / "tin.rss").read_bytes()
    entries = read_feed(io.BytesIO(whole[: whole.index(b"M\xe1\xbb\xa5c ch\xe1\xbb\x89")]))
    assert [next(entries).title, next(entries).title][1] == "Thu gom vỏ thuốc trừ sâu"
    with pytest.raises(Unreadable, match="các bài trước đó đã được đọc"):
        next(entries)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=500), st.text(max_size=200))
def test_no_feed_whatever_it_holds_raises_anything_unexpected(raw, text):
    item = f"<rss><channel><item><title>Tin</title><description>{text}</description>"
    for content in (raw, (item + "</item></channel></rss>").encode("utf-8", "ignore")):
        try:
            entries = list(read_feed(io.BytesIO(content)))
        except Unreadable as reason:
            entries = [reason]
        assert all(isinstance(e, OldArticle | NoArticle | Unreadable) for e in entries)


# --- Files beside a page -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "reference",
    [
        "tin_files/a%CC%89nh.jpg",
        "./tin_files/ảnh.jpg?v=2",
        "tin_files\\ẢNH.JPG",
        "http://xacu.example/uploads/ảnh.jpg",
        "file:///C:/Users/Lan/tin_files/ảnh.jpg",
    ],
)
def test_a_file_beside_a_page_is_found_however_the_page_calls_it(tmp_path, reference):
    (tmp_path / "tin_files").mkdir()
    (tmp_path / "tin_files" / "ảnh.jpg").write_bytes(b"x")
    folder = SavedFolder(tmp_path)
    assert folder.find(folder.root / "tin.html", reference).name == "ảnh.jpg"


@pytest.mark.parametrize(
    "reference",
    ["../bi-mat.txt", "/../bi-mat.txt", "%2e%2e/bi-mat.txt", "lien-ket.jpg", "thu-muc/bi-mat.txt",
     "http://[", "", "\0", "ong", "."],
)  # fmt: skip
def test_nothing_outside_the_folder_is_found(tmp_path, reference):
    (tmp_path / "bi-mat.txt").write_text("bí mật")
    root = tmp_path / "trang"
    root.mkdir()
    (root / "lien-ket.jpg").symlink_to(tmp_path / "bi-mat.txt")
    (root / "thu-muc").symlink_to(tmp_path)
    os.mkfifo(root / "ong")
    folder = SavedFolder(root)
    assert folder.find(folder.root / "tin.html", reference) is None


def test_a_link_a_pipe_and_a_large_file_are_not_read(tmp_path):
    (tmp_path / "tin.html").write_bytes(b"x" * 11)
    (tmp_path / "lien-ket.html").symlink_to(tmp_path / "tin.html")
    os.mkfifo(tmp_path / "ong.html")
    for name in ("lien-ket.html", "ong.html", "khong-co.html", "tin.html"):
        with pytest.raises(Unreadable):
            read_file(tmp_path / name, 10)


# --- Importing -----------------------------------------------------------------------------------


@pytest.fixture
def category(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ATTACHMENT_ROOT = tmp_path / "tep"
    return make_category(slug="tin-hoat-dong")


@pytest.fixture
def saved(tmp_path):
    """The pages as a browser saved them, with the pictures and the document that lie beside."""
    root = tmp_path / "trang-cu"
    shutil.copytree(PAGES, root)
    legacy = root / "thu-hoach-lac.htm"
    legacy.write_bytes(legacy.read_text("utf-8").encode("windows-1252"))
    pictures = ["hop-thon_files/hop thon 1.jpg", "hop-thon_files/IMG_0042.jpg"]
    pictures += [
        "hop-thon_files/fb.png",
        "van-nghe_files/san-khau.jpg",
        "anh-chung/loa.png",
    ]
    for number, name in enumerate(pictures):
        path = root / name
        path.parent.mkdir(exist_ok=True)
        Image.new("RGB", (60, 40), (number * 50, 99, 9)).save(path)
    (root / "tuyen-quan_files").mkdir()
    (root / "tuyen-quan_files" / "Danh sach.pdf").write_bytes(PDF)
    return root


def run(source, category, **options):
    """Import, and return the reports by origin."""
    reports = import_old_site(source=source, category=category, at=NOW, **options)
    return {report.origin: report for report in reports}


def outcomes(reports):
    return [report.outcome for report in reports.values()]


def hop_thon():
    return Article.objects.get(title__startswith="Họp thôn")


def test_saved_pages_become_drafts_that_no_reader_sees(saved, category):
    reports = run(saved, category)
    assert outcomes(reports).count(Outcome.CREATED) == Article.objects.count() == 9
    assert outcomes(reports).count(Outcome.SKIPPED) == 2
    assert not Article.objects.readable().exists()
    article = hop_thon()
    assert article.category == category
    assert article.date_line == "Đăng lúc: 19:45:30 03/11/2023 (GMT+7)"
    assert article.head.created_by is None
    assert "http://xacu.example/portal/Pages/hop-thon.aspx?id=31" in article.head.note
    assert AuditEntry.objects.filter(action="article.created", actor=None).count() == 9


def test_pictures_that_lie_beside_are_stored_with_what_the_page_said_of_them(
    saved, category
):
    report = run(saved, category)["hop-thon.html"]
    alts = list(Picture.objects.order_by("pk").values_list("original_name", "alt"))
    assert ("hop thon 1.jpg", "Bà con ngồi họp trong nhà văn hóa thôn") in alts
    assert ("IMG_0042.jpg", "") in alts
    assert len(alts) == 4  # no button of the page among them
    assert all(
        p.url in "".join(a.body for a in Article.objects.all())
        for p in Picture.objects.all()
    )
    assert report.remarks == ["1 ảnh chưa có mô tả."]


def test_documents_that_lie_beside_are_stored_and_linked(saved, category):
    report = run(saved, category)["tuyen-quan.html"]
    article = Article.objects.get(pk=report.article)
    (enclosure,) = article.head.enclosures.all()
    assert enclosure.attachment.title == "Danh sách khám tuyển"
    assert f'href="{enclosure.attachment.get_absolute_url()}"' in article.body
    assert 'href="http://xacu.example/thong-bao/files/mau-don.doc"' in article.body
    assert "Không thấy 1 tệp đính kèm nằm cạnh trang: mau-don.doc." in report.remarks


def test_missing_and_broken_pictures_are_reported_and_left_out(saved, category):
    (saved / "van-nghe_files" / "san-khau.jpg").write_bytes(b"no picture")
    reports = run(saved, category)
    assert (
        "Không thấy 1 ảnh nằm cạnh trang: giay-goi.jpg."
        in reports["tuyen-quan.html"].remarks
    )
    (broken,) = (r for r in reports["van-nghe.html"].remarks if "san-khau" in r)
    assert broken.startswith("Không dùng được ảnh san-khau.jpg")
    article = Article.objects.get(pk=reports["van-nghe.html"].article)
    assert "<img" not in article.body


def test_a_picture_written_out_in_the_page_is_stored(tmp_path, category):
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "PNG")
    data = base64.b64encode(out.getvalue()).decode()
    body = PROSE + f'<img src="data:image/png;base64,{data}" alt="Chợ Kiệm">'
    (tmp_path / "tin.html").write_bytes(page(body))
    run(tmp_path / "tin.html", category)
    assert Picture.objects.get().alt == "Chợ Kiệm"


def test_importing_again_changes_nothing(saved, category):
    run(saved, category)
    before = list(Article.objects.order_by("pk").values_list("updated_at", "head"))
    again = run(saved, category)
    assert set(outcomes(again)) == {Outcome.UNCHANGED, Outcome.SKIPPED}
    assert list(Article.objects.order_by("pk").values_list("updated_at", "head")) == before
    assert Picture.objects.count() == 4


def change(saved, old="Bốn mươi hộ", new="Bốn mươi hai hộ"):
    path = saved / "hop-thon.html"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")


def test_a_page_that_changed_gives_its_untouched_draft_a_new_edition(saved, category):
    run(saved, category)
    change(saved)
    report = run(saved, category)["hop-thon.html"]
    assert report.outcome == Outcome.UPDATED
    article = hop_thon()
    assert article.head.number == 2
    assert article.lead.startswith("Bốn mươi hai hộ")
    assert run(saved, category)["hop-thon.html"].outcome == Outcome.UNCHANGED


def test_a_counter_that_moved_on_is_no_change(saved, category):
    run(saved, category)
    change(saved, "12.345", "99.999")
    assert run(saved, category)["hop-thon.html"].outcome == Outcome.UNCHANGED


def edited(article):
    article.load_head()
    article.lead = "Cán bộ đã viết lại tóm tắt."
    workflow.save_article(article=article, actor=make_user(is_superuser=True))


def submitted(article):
    workflow.submit(content=article, actor=make_user(is_superuser=True))


def deleted(article):
    workflow.delete_article(article=article, actor=make_user(is_superuser=True))


@pytest.mark.parametrize(
    ("touch", "reason"),
    [(edited, "cán bộ đã sửa"), (submitted, "gửi duyệt"), (deleted, "đã bị xóa")],
)
def test_what_staff_have_touched_is_left_alone(saved, category, touch, reason):
    run(saved, category)
    touch(hop_thon())
    before = list(Article.objects.order_by("pk").values_list("pk", "head", "stage"))
    change(saved)
    report = run(saved, category)["hop-thon.html"]
    assert report.outcome == Outcome.LEFT_ALONE
    assert reason in report.reason
    assert list(Article.objects.order_by("pk").values_list("pk", "head", "stage")) == before


def test_a_dry_run_writes_nothing(saved, category, tmp_path):
    reports = run(saved, category, dry_run=True)
    assert outcomes(reports).count(Outcome.CREATED) == 9
    assert not Article.objects.exists() and not ImportedItem.objects.exists()
    assert not Picture.objects.exists() and not AuditEntry.objects.exists()
    assert not (tmp_path / "media").exists() and not (tmp_path / "tep").exists()


def test_who_stops_halfway_has_whole_articles_and_the_next_run_goes_on(saved, category):
    reports = import_old_site(source=saved, category=category, at=NOW)
    assert [next(reports).outcome for _ in range(3)].count(Outcome.CREATED) == 2
    reports.close()
    assert Article.objects.count() == ImportedItem.objects.count() == 2
    assert outcomes(run(saved, category)).count(Outcome.CREATED) == 7


def test_a_draft_and_the_memory_of_it_come_together(saved, category, monkeypatch):
    def fail(self, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(ImportedItem, "save", fail)
    with pytest.raises(KeyboardInterrupt):
        run(saved, category)
    assert not Article.objects.exists()


def test_two_files_of_one_address_make_one_article(saved, category):
    shutil.copy(saved / "sach-cho-em.html", saved / "zz.html")
    report = run(saved, category)["zz.html"]
    assert report.outcome == Outcome.SKIPPED
    assert "đã gặp ở tệp khác" in report.reason


def test_an_old_address_is_kept_once(category):
    item = {"source_hash": "a", "edition_number": 1, "imported_at": NOW}
    ImportedItem.objects.create(old_address="xacu.example/tin", **item)
    for address in ("xacu.example/tin", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            ImportedItem.objects.create(old_address=address, **item)
            ImportedItem.objects.create(old_address="", **item)


def test_a_base_address_serves_pages_that_do_not_say_theirs(saved, category):
    reports = run(saved, category, base_url="http://guong.example/cu/")
    assert (
        reports["ngan/loa-hong.html"].address
        == "http://guong.example/cu/ngan/loa-hong.html"
    )
    assert reports["hop-thon.html"].address.startswith("http://xacu.example/")


def test_a_date_ahead_is_not_taken(tmp_path, category):
    (tmp_path / "tin.html").write_bytes(page("<p>Đăng ngày: 01/01/2033</p>" + PROSE))
    (report,) = run(tmp_path, category).values()
    assert Article.objects.get().published_at is None
    assert any("tương lai" in remark for remark in report.remarks)


def test_personal_data_of_the_old_page_are_pointed_out(tmp_path, category):
    (tmp_path / "tin.html").write_bytes(
        page(PROSE + "<p>Liên hệ ông Mười, 0912 345 678.</p>")
    )
    (report,) = run(tmp_path, category).values()
    assert any("số điện thoại di động" in remark for remark in report.remarks)


def test_parts_that_are_too_long_are_cut_and_a_page_too_large_is_refused(
    tmp_path, category
):
    author = "<p>Tác giả: " + "Nguyễn " * 18 + "</p>"
    (tmp_path / "a.html").write_bytes(page(PROSE + author))
    (tmp_path / "b.html").write_bytes(b" " * (MAX_PAGE + 1))
    (tmp_path / "c.html").write_bytes(page("<p>" + "chữ và chữ " * 60_000 + "</p>"))
    (tmp_path / "d.mht").write_bytes(b"MIME-Version: 1.0")
    reports = run(tmp_path, category)
    assert any("đã bị cắt" in remark for remark in reports["a.html"].remarks)
    assert "lớn hơn 10 MB" in reports["b.html"].reason
    assert "dài quá" in reports["c.html"].reason
    assert "Trang web, toàn bộ" in reports["d.mht"].reason


# --- Old addresses -----------------------------------------------------------------------------


def test_an_old_address_leads_to_the_article_once_it_is_approved(saved, category, client):
    run(saved, category)
    old = "/portal/Pages/hop-thon.aspx?id=31"
    assert client.get(old).status_code == 404
    article = hop_thon()
    workflow.submit(content=article, actor=None)
    workflow.approve(content=article, actor=None, number=1, at=NOW)
    response = client.get(old)
    assert (response.status_code, response["Location"]) == (301, article.get_absolute_url())
    assert Redirect.objects.count() == 1


def test_an_old_address_tells_nothing_of_an_article_still_to_come(saved, category, client):
    run(saved, category)
    article = hop_thon()
    workflow.submit(content=article, actor=None)
    workflow.approve(
        content=article, actor=None, number=1, publish_at=timezone.now() + timedelta(days=1)
    )
    response = client.get("/portal/Pages/hop-thon.aspx?id=31", follow=True)
    assert response.status_code == 404
    assert article.slug not in str(response.redirect_chain)
    Article.objects.update(published_at=NOW)
    response = client.get("/portal/Pages/hop-thon.aspx?id=31", follow=True)
    assert response.redirect_chain[-1] == (article.get_absolute_url(), 301)


# --- The command ---------------------------------------------------------------------------------


def command(*arguments):
    out = io.StringIO()
    call_command("import_old_site", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_did_and_that_nothing_changed_since(saved, category):
    first = command(saved, "--category", "tin-hoat-dong")
    assert "[tạo bản nháp] hop-thon.html: Họp thôn Phúc Triền 1" in first
    assert "[bỏ qua] danh-sach-tin.html" in first
    assert "Tổng cộng: 9 tạo bản nháp, 2 bỏ qua." in first
    again = command(saved, "--category", "tin-hoat-dong")
    assert "không có thay đổi" in again


def test_the_command_speaks_json_line_by_line(category):
    lines = command(PAGES / "tin.rss", "--category", "tin-hoat-dong", "--json", "--dry-run")
    *items, last = map(json.loads, lines.splitlines())
    assert [item["outcome"] for item in items] == ["created", "created", "skipped"]
    assert items[0]["address"] == "http://xacu.example/tin/hoi-thi-cay-lua.html"
    assert last["dry_run"] and last["totals"]["created"] == 2


def test_the_command_ends_with_1_when_something_could_not_be_read(tmp_path, category):
    (tmp_path / "tin.rss").write_text("<rss><channel>")
    with pytest.raises(CommandError, match="1 mục lỗi") as caught:
        command(tmp_path / "tin.rss", "--category", "tin-hoat-dong")
    assert caught.value.returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("khong-co", "--category", "tin-hoat-dong"),
        (PAGES, "--category", "khong-co"),
        (PAGES, "--category", "tin-hoat-dong", "--base-url", "xacu"),
    ],
)
def test_the_command_ends_with_2_when_it_was_called_wrongly(category, arguments):
    with pytest.raises(CommandError) as caught:
        command(*arguments)
    assert caught.value.returncode == 2
