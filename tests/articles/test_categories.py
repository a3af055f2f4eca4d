import pytest
from django.contrib.auth.models import Permission

from articles.categories import delete_category, save_category
from articles.models import Category
from articles.rights import assign_categories
from portal.audit import AuditEntry
from portal.refusals import Refused
from tests.factory import make_article, make_category, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper():
    user = make_user()
    user.user_permissions.set(Permission.objects.filter(content_type__model="category"))
    return user


def test_a_category_gets_a_slug_of_its_name(keeper):
    category = save_category(category=Category(name="Y tế –  Giáo dục"), actor=keeper)
    assert (category.name, category.slug) == ("Y tế – Giáo dục", "y-te-giao-duc")
    assert AuditEntry.objects.get().action == "category.created"


def test_a_category_is_not_moved_below_itself(keeper):
    top = make_category()
    below = make_category(parent=make_category(parent=top))
    top.parent = below
    with pytest.raises(Refused, match="dưới chính nó"):
        save_category(category=top, actor=keeper)


def test_a_category_that_holds_something_is_not_deleted(keeper):
    parent = make_category()
    child = make_category(parent=parent)
    make_article(category=child)
    with pytest.raises(Refused, match="còn chuyên mục con"):
        delete_category(category=parent, actor=keeper)
    with pytest.raises(Refused, match="còn bài viết"):
        delete_category(category=child, actor=keeper)
    empty = make_category()
    delete_category(category=empty, actor=keeper)
    assert set(Category.objects.all()) == {parent, child}


@pytest.mark.parametrize("change", [save_category, delete_category])
def test_categories_are_kept_by_those_who_may(change):
    category = make_category()
    with pytest.raises(Refused, match="chưa được giao quyền"):
        change(category=category, actor=make_user())
    assert Category.objects.filter(pk=category.pk).exists()


def test_a_name_taken_since_the_form_was_checked_is_refused(keeper):
    make_category(slug="van-hoa")
    with pytest.raises(Refused, match="Đã có chuyên mục khác"):
        save_category(category=Category(name="Văn hóa"), actor=keeper)


def test_a_category_that_somebody_is_held_to_is_not_deleted(keeper):
    """Without a duty left, that person would be free in all categories."""
    category, person = make_category(), make_user(last_name="Lê Thị", first_name="Mai")
    assign_categories(user=person, categories=[category])
    with pytest.raises(Refused, match="đang được giao cho: Lê Thị Mai"):
        delete_category(category=category, actor=keeper)


def test_who_is_held_to_categories_takes_no_others_over(keeper):
    own, other = make_category(), make_category()
    below = make_category(parent=own)
    assign_categories(user=keeper, categories=[own])

    def parent_of(category, parent):
        category.parent = parent
        save_category(category=category, actor=keeper)

    for category, parent in (
        (other, own),
        (other, None),
        (below, other),
        (Category(), other),
    ):
        category.name = "Tên mới"
        with pytest.raises(Refused, match="được giao"):
            parent_of(category, parent)
    with pytest.raises(Refused, match="được giao"):
        save_category(category=Category(name="Chuyên mục lớn"), actor=keeper)
    with pytest.raises(Refused, match="được giao"):
        delete_category(category=other, actor=keeper)
    below.refresh_from_db()
    below.name = "Tên khác"
    save_category(category=below, actor=keeper)
    parent_of(Category(name="Mục nhỏ"), own)
    own.name = "Văn hóa"
    save_category(category=own, actor=keeper)
    delete_category(category=below, actor=keeper)
    assert sorted(map(str, Category.objects.filter(parent=own))) == ["Mục nhỏ"]


def test_the_old_address_of_a_renamed_category_leads_to_the_new_one(
    client, keeper, content_committed
):
    category = make_category(slug="van-hoa")
    category.slug = "van-hoa-xa-hoi"
    save_category(category=category, actor=keeper)
    category.slug = "van-hoa-the-thao"
    save_category(category=category, actor=keeper)
    for old in ("van-hoa", "van-hoa-xa-hoi"):
        response = client.get(f"/tin-tuc/{old}/")
        assert (response.status_code, response["Location"]) == (
            301,
            "/tin-tuc/van-hoa-the-thao/",
        )
    category.slug = "van-hoa"  # and back again, without a circle
    save_category(category=category, actor=keeper)
    content_committed()
    assert client.get("/tin-tuc/van-hoa/").status_code == 200
    assert client.get("/tin-tuc/van-hoa-the-thao/")["Location"] == "/tin-tuc/van-hoa/"


def test_a_name_that_the_site_itself_uses_is_refused(keeper):
    with pytest.raises(Refused, match="dành cho"):
        save_category(category=Category(name="Lưu trữ"), actor=keeper)
