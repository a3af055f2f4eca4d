"""Accounts, the unit's identity and what stands around every page, in the admin."""

# auth's and the job queue's own admin modules register what is replaced below.
import django_tasks_db.admin  # noqa: F401
from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth import forms as auth_forms
from django.contrib.auth.models import Group
from django.db import transaction
from django.shortcuts import redirect
from django.utils.html import format_html
from django_tasks_db.models import DBTaskResult

from articles.models import Category
from articles.rights import assign_categories
from portal import (  # noqa: F401 — they register themselves
    alerts_admin,
    attachment_admin,
    home_admin,
    legal_bases_admin,
    page_votes_admin,
    picture_admin,
    redirects_admin,
)
from portal.admin_site import record_password_change
from portal.audit_admin import AuditedAdminMixin, ReadOnlyAdmin
from portal.directory import ASSUME_HTTPS
from portal.editable_lists import EditableListMixin
from portal.key_select import KeySelect
from portal.models import Identity, MenuItem, UsefulPhone, User, WebLink
from portal.roles import ROLES
from portal.successor_admin import SuccessorAdminMixin
from portal.target_choice import TargetForm, destination_column

# The queue's page is in English and of no use to an office.
admin.site.unregister(DBTaskResult)
admin.site.unregister(Group)


# --- Accounts ---------------------------------------------------------------------------


class RolesField(forms.ModelMultipleChoiceField):
    """Roles as checkboxes, each with what it is for."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(
            Group.objects.filter(name__in=ROLES),
            label="Vai trò",
            required=False,
            help_text="Một người có thể giữ nhiều vai trò; không chọn thì chỉ đăng nhập được.",
            **kwargs,
        )

    def label_from_instance(self, group):
        return format_html(
            "<span><strong>{}</strong>: {}</span>",
            group.name,
            ROLES[group.name].explanation,
        )


class CategoriesField(forms.ModelMultipleChoiceField):
    """The categories of the news, as a tree."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(
            Category.objects.all(),
            label="Chuyên mục được giao",
            required=False,
            help_text="Người này chỉ viết và duyệt trong các chuyên mục được chọn và các chuyên "
            "mục nằm dưới. Không chọn thì được làm ở mọi chuyên mục, theo vai trò.",
            **kwargs,
        )


class AccountForm(auth_forms.UserChangeForm):
    """The form of an account; `is_own` is set by the admin for whoever opens their own."""

    is_own = False

    groups = RolesField()
    categories = CategoriesField()

    class Meta(auth_forms.UserChangeForm.Meta):
        model = User

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "categories" not in self.fields:  # shown to somebody who may not change it
            return
        duties = Category.objects.filter(duties__user=self.instance)
        self.initial["categories"] = list(duties)
        tree, field = Category.objects.tree(), self.fields["categories"]
        field.choices = [
            (node.pk, f"{'— ' * len(tree.ancestors(node.pk))}{node}") for node in tree
        ]
        field.disabled = self.is_own


class NewAccountForm(auth_forms.UserCreationForm):
    groups = RolesField()

    class Meta(auth_forms.UserCreationForm.Meta):
        model = User


class PasswordForm(auth_forms.AdminPasswordChangeForm):
    """Sets a password; an account is closed by "active", not by taking its password away."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields.pop("usable_password", None)
        for name in ("password1", "password2"):
            self.fields[name].required = True


@admin.register(User)
class UserAdmin(AuditedAdminMixin, auth_admin.UserAdmin):
    """Accounts of staff.

    Rights come from roles only. Superusers are made and changed by superusers, nobody
    changes their own rights, and accounts are closed instead of deleted, because the record
    of who did what names them.
    """

    form = AccountForm
    add_form = NewAccountForm
    change_password_form = PasswordForm
    list_display = ["username", "full_name", "role_names", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]
    search_fields = ["username", "last_name", "first_name", "email"]
    filter_horizontal = ()
    readonly_fields = ["last_login", "date_joined"]
    add_fieldsets = (
        (None, {"fields": ("username", "password1", "password2")}),
        ("Người dùng tài khoản", {"fields": ("last_name", "first_name", "email")}),
        ("Quyền", {"fields": ("groups",)}),
    )

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return self.add_fieldsets
        rights = ("is_active", "groups", "categories")
        if request.user.is_superuser:
            rights = ("is_active", "is_superuser", "groups", "categories")
        return (
            (None, {"fields": ("username", "password")}),
            ("Người dùng tài khoản", {"fields": ("last_name", "first_name", "email")}),
            ("Quyền", {"fields": rights}),
            ("Thời gian", {"fields": ("last_login", "date_joined")}),
        )

    def get_readonly_fields(self, request, obj=None):
        if obj == request.user:
            return [*self.readonly_fields, "is_active", "is_superuser", "groups"]
        return self.readonly_fields

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.is_own = obj is not None and obj == request.user
        return form

    def save_related(self, request, form, formsets, change):
        if change and "categories" in form.changed_data:
            chosen = form.cleaned_data["categories"]
            assign_categories(user=form.instance, categories=chosen)
        super().save_related(request, form, formsets, change)

    def has_change_permission(self, request, obj=None):
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def save_model(self, request, obj, form, change):
        # Only staff have accounts; readers need none.
        obj.is_staff = True
        super().save_model(request, obj, form, change)

    def user_change_password(self, request, id, form_url=""):
        with transaction.atomic():
            response = super().user_change_password(request, id, form_url)
            record_password_change(request, response, account=self.get_object(request, id))
        return response

    @admin.display(description="họ và tên", ordering="first_name")
    def full_name(self, user):
        return user.get_full_name()

    @admin.display(description="vai trò")
    def role_names(self, user):
        return ", ".join(group.name for group in user.groups.all())


@admin.register(Group)
class RoleAdmin(ReadOnlyAdmin):
    """Shows what each role may do; the table itself is portal/roles.py."""

    fields = ["name", "explanation", "may"]
    readonly_fields = fields
    list_display = ["name", "explanation"]

    @admin.display(description="dùng để")
    def explanation(self, group):
        return ROLES[group.name].explanation if group.name in ROLES else ""

    @admin.display(description="quyền")
    def may(self, group):
        return "; ".join(str(each) for each in group.permissions.all())


# --- The unit -----------------------------------------------------------------------------


class IdentityForm(forms.ModelForm):
    class Meta:
        widgets = {
            name: KeySelect(Identity._meta.get_field(name))
            for name in ("emblem", "banner", "map_picture")
        }


@admin.register(Identity)
class IdentityAdmin(SuccessorAdminMixin, AuditedAdminMixin, admin.ModelAdmin):
    """Leads straight to the one record."""

    form = IdentityForm
    formfield_overrides = ASSUME_HTTPS
    fieldsets = (
        (
            "Tên gọi",
            {
                "fields": (
                    "unit_type",
                    "name",
                    "district",
                    "province",
                    "official_code",
                    "governing_body",
                    "welcome_override",
                )
            },
        ),
        (
            "Liên hệ",
            {
                "fields": (
                    "address",
                    "phone",
                    "duty_phone",
                    "email",
                    "working_hours",
                    "responsible_person",
                )
            },
        ),
        (
            "Đường đến trụ sở",
            {
                "fields": ("directions", "map_picture", "map_url"),
                "description": "Hiện ở trang Liên hệ. Lời chỉ đường cần có cả khi đã có bản đồ.",
            },
        ),
        (
            "Hình ảnh",
            {
                "fields": ("emblem", "banner"),
                "description": "Chỉ dùng ảnh mà đơn vị có quyền dùng. Chưa có thì cổng hiện "
                "một dấu hiệu trung tính.",
            },
        ),
        (
            "Sắp xếp đơn vị hành chính",
            {"fields": ("history_note", "successor_name", "successor_url")},
        ),
    )

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not Identity.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        if Identity.objects.exists():
            return redirect("admin:portal_identity_change", 1)
        return redirect("admin:portal_identity_add")

    def save_model(self, request, obj, form, change):
        obj.pk = 1
        super().save_model(request, obj, form, change)


# --- What stands around every page ----------------------------------------------------------


class MenuItemForm(TargetForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "parent" in self.fields:
            main = MenuItem.objects.filter(parent=None).exclude(pk=self.instance.pk)
            self.fields["parent"].queryset = main

    class Meta:
        model = MenuItem
        fields = ["label", "parent", "target", "url", "order", "is_shown"]


@admin.register(MenuItem)
class MenuItemAdmin(EditableListMixin, admin.ModelAdmin):
    form = MenuItemForm
    list_display = ["label", "parent", "order", "is_shown"]
    list_select_related = ["parent"]
    list_filter = [("parent", admin.RelatedOnlyFieldListFilter), "is_shown"]
    search_fields = ["label"]

    def get_list_display(self, request):
        label, parent, *rest = self.list_display
        return [label, parent, destination_column(), *rest]


@admin.register(UsefulPhone)
class UsefulPhoneAdmin(EditableListMixin, admin.ModelAdmin):
    list_display = ["label", "number", "group", "order", "is_shown"]
    list_filter = ["group", "is_shown"]
    search_fields = ["label", "number", "group"]


@admin.register(WebLink)
class WebLinkAdmin(EditableListMixin, admin.ModelAdmin):
    formfield_overrides = ASSUME_HTTPS
    list_display = ["label", "url", "order", "is_shown"]
    search_fields = ["label", "url"]
