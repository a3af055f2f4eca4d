"""Where staff keep the bodies and the officers."""

from django import forms
from django.contrib import admin

from organisation.bodies import delete_body, save_body
from organisation.models import Body, Officer
from organisation.officers import delete_officer, save_officer
from portal.editable_lists import OrderedListMixin
from portal.key_select import KeySelect
from portal.refusable_admin import RefusableAdmin, RefusableForm
from portal.text import slugify
from portal.tree_admin import TreeAdmin, offer_tree

__all__ = ["BodyAdmin", "OfficerAdmin"]


class ContactForm(RefusableForm):
    """A form with a phone and a mailbox, which have to be official."""

    is_contact_confirmed = forms.BooleanField(
        label="Đây là số, hộp thư công vụ",
        required=False,
        help_text="Chỉ cần đánh dấu khi cơ quan cấp cho cán bộ một số di động hoặc dùng hộp thư "
        "ở nơi cấp miễn phí. Việc xác nhận được ghi vào nhật ký.",
    )


class BodyForm(ContactForm):
    slug = forms.CharField(
        label="Tên trên địa chỉ",
        required=False,
        max_length=80,
        help_text="Để trống thì hệ thống tự đặt theo tên. Địa chỉ cũ vẫn dẫn tới đúng trang.",
    )

    class Meta:
        model = Body
        fields = [
            "name",
            "kind",
            "parent",
            "duties",
            "address",
            "phone",
            "email",
            "is_contact_confirmed",
            "order",
            "is_shown",
            "slug",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer_tree(self, "parent", Body.objects.tree(), without=self.instance.pk)

    def clean_slug(self):
        """Make a slug of what was typed, or of the name when nothing was."""
        return slugify(self.cleaned_data["slug"] or self.cleaned_data.get("name", ""))


class OfficerForm(ContactForm):
    class Meta:
        model = Officer
        fields = [
            "name",
            "position",
            "body",
            "term",
            "responsibilities",
            "phone",
            "email",
            "is_contact_confirmed",
            "photo",
            "photo_alt",
            "order",
            "is_shown",
        ]
        widgets = {"photo": KeySelect(Officer._meta.get_field("photo"))}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer_tree(self, "body", Body.objects.tree())


def _is_confirmed(form):
    # The list, in which order and visibility are set, has no such box.
    return form.cleaned_data.get("is_contact_confirmed", False)


@admin.register(Body)
class BodyAdmin(OrderedListMixin, TreeAdmin):
    form = BodyForm
    fields = BodyForm.Meta.fields
    list_display = ["name_in_tree", "kind", "phone", "order", "is_shown"]
    view_on_site = staticmethod(lambda body: body.get_absolute_url())

    def save_model(self, request, obj, form, change):
        save_body(body=obj, actor=request.user, is_contact_confirmed=_is_confirmed(form))

    def delete_model(self, request, obj):
        delete_body(body=obj, actor=request.user)


class BodyFilter(admin.SimpleListFilter):
    """Picks the officers of one body; the address holds its name, not its key."""

    title = "cơ quan, bộ phận"
    parameter_name = "co-quan"

    def lookups(self, request, model_admin):
        tree = Body.objects.tree()
        return [
            (body.slug, f"{'— ' * len(tree.ancestors(body.pk))}{body}") for body in tree
        ]

    def queryset(self, request, queryset):
        offered = {slug for slug, _ in self.lookup_choices}
        return (
            queryset.filter(body__slug=self.value())
            if self.value() in offered
            else queryset
        )


@admin.register(Officer)
class OfficerAdmin(OrderedListMixin, RefusableAdmin):
    form = OfficerForm
    fields = OfficerForm.Meta.fields
    list_display = ["name", "position", "body", "term", "order", "is_shown"]
    list_select_related = ["body"]
    list_filter = [BodyFilter, "is_shown"]
    list_per_page = 200
    search_fields = ["name__unaccent", "position__unaccent", "body__name__unaccent"]
    search_help_text = (
        "Tìm theo họ tên, chức vụ, cơ quan. Gõ có dấu hay không dấu đều được."
    )

    def save_model(self, request, obj, form, change):
        save_officer(
            officer=obj, actor=request.user, is_contact_confirmed=_is_confirmed(form)
        )

    def delete_model(self, request, obj):
        delete_officer(officer=obj, actor=request.user)
