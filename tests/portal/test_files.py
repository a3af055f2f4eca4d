import io
import struct
import zlib
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from PIL import Image

from portal import files, renditions, richtext
from portal.files import (
    FileInUse,
    Picture,
    PictureRefused,
    delete_picture,
    store_picture,
    uses_of,
)
from portal.models import AuditEntry
from portal.renditions import make_renditions
from tests import factory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")


def image_bytes(kind="JPEG", size=(40, 30), *, mode="RGB", color="red", **options):
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, kind, **options)
    return out.getvalue()


def stored(picture):
    with picture.file.open() as file, Image.open(file) as image:
        image.load()
        return image


def bytes_of(picture):
    with picture.file.open() as file:
        return file.read()


def png_that_claims(width, height):
    """Return a PNG whose header promises more pixels than its few bytes hold."""

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\x00" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", data)
        + chunk(b"IEND", b"")
    )


def with_gps(**options):
    exif = Image.Exif()
    exif[0x0110] = "Điện thoại của chị Hoa"
    exif.get_ifd(0x8825)[2] = (19.0, 46.0, 30.0)
    return image_bytes(exif=exif, **options)


@pytest.mark.parametrize(
    ("kind", "ending", "stored_kind"),
    [
        ("JPEG", ".jpg", "JPEG"),
        ("PNG", ".png", "PNG"),
        ("GIF", ".png", "PNG"),
        ("WEBP", ".webp", "WEBP"),
    ],
)
def test_the_kind_is_read_from_the_content(kind, ending, stored_kind):
    picture = store_picture(content=image_bytes(kind), name="Lễ hội làng.exe")
    assert picture.file.name.endswith(ending)
    assert stored(picture).format == stored_kind
    assert (picture.width, picture.height) == (40, 30)


def test_new_name_is_readable_and_carries_the_hash():
    picture = store_picture(content=image_bytes(), name="C:\\Ảnh\\Lễ hội Đền.JPG")
    folder, _, name = picture.file.name.rpartition("/")
    assert name == f"le-hoi-den-{picture.sha256[:8]}.jpg"
    assert folder.startswith("anh/20")
    assert picture.original_name == "Lễ hội Đền.JPG"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Tệp rỗng"),
        (b"<html><script>alert(1)</script></html>", "không phải là ảnh"),
        (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "không phải là ảnh",
        ),
        (b"%PDF-1.7", "không phải là ảnh"),
        (b"BM" + bytes(100), "không phải là ảnh"),
        (b"GIF89a", "không phải là ảnh"),
        (b"\x89PNG\r\n\x1a\n", "không phải là ảnh"),
        (png_that_claims(30_000, 30_000), "triệu điểm ảnh"),
        (png_that_claims(7_000, 6_000), "triệu điểm ảnh"),
        (png_that_claims(2_000, 2_000), "hỏng"),
        (image_bytes(size=(300, 300))[:-200], "hỏng"),
        (image_bytes("BMP"), "không phải là ảnh"),
        (image_bytes("TIFF"), "không phải là ảnh"),
        (b"\x00\x00\x00\x24ftypheic" + bytes(100), "chọn Tương thích nhất"),
        (image_bytes("AVIF", (64, 64)), "lưu thành JPEG"),
        (bytes(files.MAX_BYTES + 1), "12 MB"),
    ],
)
def test_what_is_no_sound_picture_is_refused_in_plain_words(content, words):
    with pytest.raises(PictureRefused, match=words):
        store_picture(content=content, name="anh.jpg")
    assert Picture.objects.count() == 0


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("cut", [10, 30, 60, 90])
def test_broken_files_are_refused_or_repaired_but_never_crash(kind, cut):
    whole = image_bytes(kind, (64, 64), color="#2a6")
    part = whole[: len(whole) * cut // 100]
    for content in (part, part + bytes(range(256)), bytes(len(part)) + part):
        try:
            picture = store_picture(content=content, name="anh")
        except PictureRefused:
            continue
        picture.delete()


def test_nothing_but_the_picture_survives():
    raw = with_gps(comment=b"ghi chu kin") + b"PK\x03\x04 <script>alert(1)</script>"
    picture = store_picture(content=raw, name="anh.jpg")
    kept = bytes_of(picture)
    assert b"script" not in kept
    assert b"ghi chu" not in kept
    assert b"Exif" not in kept
    assert dict(stored(picture).getexif()) == {}


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_metadata_of_other_kinds_goes_too(kind):
    exif = Image.Exif()
    exif[0x0110] = "May anh"
    raw = image_bytes(kind, exif=exif, icc_profile=b"ho so mau", xmp=b"<x:xmpmeta/>")
    kept = bytes_of(store_picture(content=raw, name="anh"))
    for trace in (b"May anh", b"ho so mau", b"xmpmeta", b"EXIF", b"eXIf", b"iCCP"):
        assert trace not in kept


def test_a_photograph_taken_upright_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    picture = store_picture(content=image_bytes(size=(40, 30), exif=exif), name="anh.jpg")
    assert (picture.width, picture.height) == (30, 40)
    assert stored(picture).size == (30, 40)


def test_a_large_picture_is_made_smaller():
    picture = store_picture(content=image_bytes(size=(4000, 1000)), name="anh.jpg")
    assert (picture.width, picture.height) == (2560, 640)


def test_an_animation_keeps_its_first_frame_and_says_so():
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    picture = store_picture(content=out.getvalue(), name="dong.gif")
    assert "hình đầu tiên" in picture.remark
    assert stored(picture).convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_transparency_is_kept():
    picture = store_picture(
        content=image_bytes("PNG", mode="RGBA", color=(0, 0, 0, 0)), name="dau.png"
    )
    assert stored(picture).mode == "RGBA"


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "I;16", "LA", "YCbCr"])
def test_unusual_colour_modes_are_stored(mode):
    kind = {"CMYK": "JPEG", "YCbCr": "JPEG"}.get(mode, "PNG")
    picture = store_picture(content=image_bytes(kind, mode=mode, color=None), name="quet")
    assert stored(picture).mode in ("RGB", "RGBA")


def test_the_same_upload_twice_is_one_picture():
    user = factory.make_user()
    first = store_picture(content=image_bytes(), name="a.jpg", actor=user)
    second = store_picture(
        content=SimpleUploadedFile("b.jpg", image_bytes()), name="b.jpg", alt="Cổng làng"
    )
    assert second == first
    assert "đã có" in second.remark
    first.refresh_from_db()
    assert (first.alt, first.original_name) == ("Cổng làng", "a.jpg")
    assert AuditEntry.objects.filter(action="portal.picture.add").count() == 1


def test_words_about_a_picture_are_not_overwritten_by_a_second_upload():
    store_picture(content=image_bytes(), name="a.jpg", alt="Cổng làng")
    store_picture(content=image_bytes(), name="a.jpg", alt="Khác")
    assert Picture.objects.get().alt == "Cổng làng"


def copies_of(picture):
    """Return (format, size) of each copy that the picture says it has, by width and ending."""
    copies = {}
    for width in picture.rendition_widths:
        for ending in picture.rendition_formats:
            with default_storage.open(picture.rendition_name(width, ending)) as file:
                copy = Image.open(file)
                copies[width, ending] = (copy.format, copy.size)
    return copies


def test_copies_are_made_in_three_formats_and_widths():
    picture = store_picture(content=image_bytes(size=(2000, 1000)), name="anh.jpg")
    picture.refresh_from_db()
    assert copies_of(picture) == {
        (width, ending): (kind, (width, width // 2))
        for width in (480, 960, 1600)
        for ending, kind in (("avif", "AVIF"), ("webp", "WEBP"), ("jpg", "JPEG"))
    }


@pytest.mark.parametrize(
    ("width", "widths"), [(300, []), (480, []), (700, [480, 700]), (1600, [480, 960, 1600])]
)
def test_no_copy_is_wider_than_the_picture_and_one_is_as_wide(width, widths):
    picture = store_picture(content=image_bytes(size=(width, 200)), name="anh.jpg")
    picture.refresh_from_db()
    assert picture.rendition_widths == widths


def test_a_picture_with_transparent_parts_has_no_jpeg():
    raw = image_bytes("PNG", (600, 400), mode="RGBA", color=(0, 120, 0, 90))
    picture = store_picture(content=raw, name="dau.png")
    picture.refresh_from_db()
    assert picture.rendition_formats == ["avif", "webp"]
    with default_storage.open(picture.rendition_name(480, "avif")) as file:
        assert Image.open(file).mode == "RGBA"
    assert (picture.srcset, picture.share_url) == ("", picture.url)


def test_making_copies_again_changes_nothing():
    picture = store_picture(content=image_bytes(size=(1200, 800)), name="anh.jpg")
    before = sorted(default_storage.listdir(picture.file.name.rpartition("/")[0])[1])
    make_renditions.call(picture.pk)
    make_renditions.call(picture.pk + 1)
    assert (
        sorted(default_storage.listdir(picture.file.name.rpartition("/")[0])[1]) == before
    )


def test_a_picture_of_an_earlier_version_gets_what_it_lacks():
    picture = store_picture(content=image_bytes(size=(1200, 800)), name="anh.jpg")
    for width in (480, 960, 1200):
        for ending in ("avif", "jpg"):
            default_storage.delete(picture.rendition_name(width, ending))
    old = Picture.objects.filter(pk=picture.pk)
    old.update(rendition_widths=[480, 960], rendition_formats=[])
    picture.refresh_from_db()
    assert picture.smallest_url.endswith("-480.webp")
    assert "srcset" not in shown(picture, sizes="100vw")
    renditions.order_lacking(now=timezone.now())
    picture.refresh_from_db()
    assert len(copies_of(picture)) == 9


def test_copies_of_a_lost_picture_are_not_waited_for():
    picture = factory.make_picture()
    make_renditions.call(picture.pk)
    picture.refresh_from_db()
    assert picture.rendition_formats == []


def shown(picture, **context):
    return render_to_string("includes/_picture.html", {"picture": picture, **context})


def test_picture_is_shown_in_all_its_forms_without_a_query(django_assert_num_queries):
    picture = store_picture(
        content=image_bytes(size=(2000, 1000)), name="a.jpg", alt='Lễ "hội"'
    )
    picture.refresh_from_db()
    with django_assert_num_queries(0):
        html = shown(picture, sizes="100vw", css="cover", eager=True)
    avif, webp, image = html.removeprefix("<picture>").split("<", 1)[1].split("<", 2)
    assert avif.startswith('source type="image/avif" srcset="/media/')
    assert "-480.avif 480w, " in avif
    assert '-1600.avif 1600w" sizes="100vw">' in avif
    assert webp.startswith('source type="image/webp" srcset="/media/')
    assert f'-1600.jpg 1600w, {picture.url} 2000w" sizes="100vw"' in image
    assert 'width="2000" height="1000" alt="Lễ &quot;hội&quot;" class="cover"' in image
    assert image.endswith('fetchpriority="high" decoding="async"></picture>')


def test_picture_without_copies_is_shown_itself():
    html = shown(factory.make_picture(), sizes="100vw")
    assert "srcset" not in html
    assert 'alt="Nhà văn hóa thôn"' in html
    assert 'loading="lazy"' in html


def test_page_may_replace_the_description():
    assert 'alt=""' in shown(factory.make_picture(), alt="", sizes="100vw")


def test_other_services_are_shown_a_jpeg():
    picture = store_picture(content=image_bytes("WEBP", (2000, 1000)), name="a.webp")
    picture.refresh_from_db()
    assert picture.share_url == default_storage.url(picture.rendition_name(1600, "jpg"))


def test_pictures_in_a_text_are_shown_in_all_their_forms(django_assert_num_queries):
    pictures = [
        store_picture(content=image_bytes(size=(700, 400), color=color), name="a.jpg")
        for color in ("red", "blue")
    ]
    body = "".join(f'<p><img src="{each.url}" alt="x"></p>' for each in pictures)
    with django_assert_num_queries(1):
        sources = renditions.sources_of({*(each.url for each in pictures), "/media/x.jpg"})
    assert set(sources) == {each.url for each in pictures}
    html = richtext.render(body)
    assert html.count('type="image/avif"') == 2
    assert f"{pictures[0].url.removesuffix('.jpg')}-480.avif 480w" in html


# --- use and deletion ---------------------------------------------------------------------


def test_picture_in_an_article_cannot_be_deleted():
    picture = store_picture(content=image_bytes(), name="a.jpg", alt="Cổng làng")
    factory.make_article(
        title="Bài có ảnh", body=f'<p><img src="{picture.url}" alt="x"></p>'
    )
    factory.make_article(title="Bài có bìa", cover=picture)
    factory.make_article(title="Bài khác")
    assert sorted(uses_of(picture)) == ["bài viết: Bài có bìa", "bài viết: Bài có ảnh"]
    with pytest.raises(FileInUse, match="Bài có ảnh"):
        delete_picture(picture=picture, actor=None)
    assert default_storage.exists(picture.file.name)


@pytest.mark.django_db
def test_the_units_emblem_counts_as_a_place_where_a_picture_stands():
    picture = factory.make_picture()
    factory.make_identity(emblem=picture)
    assert uses_of(picture) == ["thông tin đơn vị: Xã Đông Thanh"]


def test_unused_picture_goes_with_all_its_files(django_capture_on_commit_callbacks):
    picture = store_picture(content=image_bytes(size=(600, 400)), name="a.jpg")
    picture.refresh_from_db()
    names = [
        picture.file.name,
        *(
            picture.rendition_name(width, ending)
            for width in (480, 600)
            for ending in ("avif", "webp", "jpg")
        ),
    ]
    assert all(map(default_storage.exists, names))
    with django_capture_on_commit_callbacks(execute=True):
        delete_picture(picture=picture, actor=None)
    assert not any(map(default_storage.exists, names))
    assert AuditEntry.objects.filter(action="portal.picture.delete").count() == 1


# --- serving -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_media_are_served_as_what_they_are_and_can_never_act(client, kind):
    picture = store_picture(content=image_bytes(kind), name="a")
    response = client.get(picture.url)
    assert response.status_code == 200
    assert response["Content-Type"] == f"image/{kind.lower()}"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "immutable" in response["Cache-Control"]
    assert not response.cookies
    assert response.getvalue() == bytes_of(picture)


def test_a_picture_is_served_though_an_undone_upload_took_its_name(client):
    raw = image_bytes(size=(600, 400))
    Picture.objects.filter(pk=store_picture(content=raw, name="a").pk).delete()
    picture = store_picture(content=raw, name="a")
    assert "_" in picture.file.name
    picture.refresh_from_db()
    for address in (picture.url, picture.smallest_url, picture.share_url):
        response = client.get(address)
        assert response.status_code == 200
        response.getvalue()


def test_media_answer_head(client):
    picture = store_picture(content=image_bytes(), name="a.jpg")
    response = client.head(picture.url)
    assert response.status_code == 200
    assert int(response["Content-Length"]) == picture.size
    response.close()


def test_a_picture_that_is_gone_is_drawn_as_a_neutral_one(client):
    response = client.get("/media/anh/2024/01/mat-12345678.jpg")
    assert response.status_code == 404
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.content.startswith(b"<svg ")


def test_media_take_no_other_method():
    assert Client().post("/media/anh/a.jpg").status_code == 405


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "anh/",
            "anh",
            "anh/2024/",
            "khong-co.jpg",
            "anh/a.html",
            "anh/a.svg",
            "a.jpg/",
        ),
        *("../secret.jpg", "anh/../../secret.jpg", "..%2fsecret.jpg", "%2e%2e/secret.jpg"),
        *("/secret.jpg", "anh//a.jpg", "anh/./a.jpg", "a%00.jpg", "..\\secret.jpg", ".jpg"),
        *("anh/a.jpg.html", "A.JPG", "%ff.jpg", "anh/a%0d%0a.jpg", "x" * 5000 + ".jpg"),
    ],
)
def test_nothing_else_can_be_read_below_media(client, settings, name):
    root = Path(settings.MEDIA_ROOT)
    (root / "anh").mkdir(parents=True)
    for path in (root.parent / "secret.jpg", root / "anh/a.html", root / "anh/a.svg"):
        path.write_bytes(b"bi mat")
    response = client.get(f"/media/{name}")
    assert response.status_code in (400, 404)
    assert b"bi mat" not in response.content


def test_a_link_out_of_the_folder_is_not_followed(client, settings, tmp_path):
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True)
    (tmp_path / "secret.jpg").write_bytes(b"bi mat")
    (root / "a.jpg").symlink_to(tmp_path / "secret.jpg")
    assert client.get("/media/a.jpg").status_code == 404
