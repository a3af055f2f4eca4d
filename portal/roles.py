"""What each role of the office may do: one table, copied into groups after every migration."""

from dataclasses import dataclass

from django.apps import apps as installed
from django.db.models.signals import post_migrate

EDITOR = "Biên tập viên"
APPROVER = "Lãnh đạo duyệt"
PROCEDURES_CLERK = "Phụ trách TTHC"
STATISTICS_READER = "Xem thống kê"
ADMINISTRATOR = "Quản trị hệ thống"


@dataclass(frozen=True)
class Role:
    """A role: what it is for, in the words of the account form, and its "app.codename"s."""

    name: str
    explanation: str
    permissions: frozenset[str]


def _may(actions: str, *models: str) -> set[str]:
    """Return the permissions for `actions` ("add view") on `models` ("app.model")."""
    return {
        f"{app}.{action}_{model}"
        for app, model in (name.split(".") for name in models)
        for action in actions.split()
    }


ROLES = {
    role.name: role
    for role in (
        Role(
            EDITOR,
            "viết, sửa và gửi duyệt tin bài, trang giới thiệu; tải ảnh lên; giữ lịch tiếp công "
            "dân.",
            frozenset(
                # The workflow refuses to delete what was approved or what something stands on.
                _may(
                    "add change delete view",
                    "articles.article",
                    "articles.page",
                    "organisation.reception",
                    "organisation.specialday",
                    "portal.attachment",
                    "portal.picture",
                )
                | _may("delete view", "portal.pagesuggestion")
                | _may("view", "disclosure.duty", "portal.legalbasis")
                | _may("add change delete view", "disclosure.occurrence")
                | {"articles.view_category", "portal.view_pagevote"}
            ),
        ),
        Role(
            APPROVER,
            "xem, sửa, duyệt đăng tin bài, trang giới thiệu và kết quả TTHC; lập chuyên mục; "
            "giữ cơ quan, cán bộ, giờ làm việc, lịch tiếp công dân; đặt tin khẩn, sắp xếp trang chủ; xem thống kê truy cập.",
            frozenset(
                _may("change view", "articles.article", "articles.page")
                # For the correction of a text: a better picture, a newer document.
                | _may("add change", "portal.attachment", "portal.picture")
                | _may("add change delete view", "disclosure.duty", "disclosure.occurrence")
                | _may("add change view", "portal.legalbasis")
                | _may(
                    "add change delete view",
                    "articles.category",
                    "organisation.body",
                    "organisation.hours",
                    "organisation.hoursplan",
                    "organisation.officer",
                    "organisation.reception",
                    "organisation.specialday",
                    "portal.alert",
                    "portal.quicktask",
                )
                | _may("change view", "portal.homeblock")
                | _may("delete view", "portal.pagesuggestion")
                | _may(
                    "view",
                    "portal.pagevote",
                    "portal.attachment",
                    "portal.picture",
                    "procedures.datarequest",
                    "procedures.field",
                    "procedures.importrun",
                    "procedures.period",
                    "procedures.periodedition",
                    "procedures.procedure",
                    "procedures.resultsheet",
                    "visitors.day",
                )
                | _may("change view", "procedures.proceduresettings")
                | {
                    "articles.publish_article",
                    "articles.publish_page",
                    "disclosure.review_duty",
                    "procedures.publish_period",
                }
            ),
        ),
        Role(
            PROCEDURES_CLERK,
            "lập danh mục thủ tục, nhập số liệu giải quyết thủ tục hành chính và gửi duyệt; giữ "
            "sổ yêu cầu đính chính, gỡ bỏ.",
            frozenset(
                # The steps refuse to delete what was ever public.
                _may(
                    "add change delete view",
                    "portal.legalbasis",
                    "procedures.period",
                    "procedures.procedure",
                    "procedures.procedurechannel",
                    "procedures.procedureform",
                    "procedures.procedurestep",
                    "procedures.requiredpaper",
                    "procedures.resultsheet",
                )
                | _may(
                    "add change view",
                    "portal.attachment",
                    "procedures.datarequest",
                    "procedures.field",
                )
                | _may(
                    "view",
                    "procedures.importrun",
                    "procedures.periodedition",
                    "procedures.proceduresettings",
                )
                | {
                    "articles.draft_article",  # of a published period, for the newsroom
                    "procedures.import_results",
                    "procedures.review_procedure",
                }
            ),
        ),
        Role(
            STATISTICS_READER,
            "xem số liệu truy cập và ý kiến của người đọc.",
            frozenset(
                _may("view", "portal.pagesuggestion", "portal.pagevote", "visitors.day")
            ),
        ),
        Role(
            ADMINISTRATOR,
            "quản lý tài khoản, thông tin đơn vị, chuyên mục, trang chủ, tin khẩn, menu, cơ "
            "quan, cán bộ, giờ làm việc, lịch tiếp công dân, điện thoại, liên kết, địa chỉ chuyển "
            "tiếp, thiết lập thống kê; xem nhật ký.",
            frozenset(
                # Accounts are closed, never deleted: the record of who did what names them.
                _may(
                    "add change view",
                    "portal.identity",
                    "portal.legalbasis",
                    "portal.picture",
                    "portal.user",
                )
                | _may(
                    "add change delete view",
                    "articles.category",
                    "disclosure.duty",
                    "disclosure.occurrence",
                    "organisation.body",
                    "organisation.hours",
                    "organisation.hoursplan",
                    "organisation.officer",
                    "organisation.reception",
                    "organisation.specialday",
                    "portal.alert",
                    "portal.menuitem",
                    "portal.quicktask",
                    "portal.redirect",
                    "portal.usefulphone",
                    "portal.weblink",
                )
                | {"disclosure.review_duty"}
                | _may(
                    "change view",
                    "portal.homeblock",
                    "visitors.openingbalance",
                    "visitors.visitsettings",
                )
                | _may("delete view", "axes.accessattempt")
                | _may(
                    "view",
                    "auth.group",
                    "axes.accesslog",
                    "portal.auditentry",
                    "visitors.day",
                )
            ),
        ),
    )
}


def sync(*, using="default", apps=installed):
    """Make a group of every role and give it exactly the permissions of the table.

    Safe to repeat. A permission whose table is not migrated yet is left for the next time.
    """
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    keys = {
        f"{app}.{codename}": pk
        for pk, app, codename in permission_model.objects.using(using).values_list(
            "pk", "content_type__app_label", "codename"
        )
    }
    for role in ROLES.values():
        group, _ = group_model.objects.using(using).get_or_create(name=role.name)
        group.permissions.set(keys[name] for name in role.permissions if name in keys)


def keep_in_step():
    """Have `sync` run once at the end of every migration.

    Django makes the permissions of an app when it announces that app, so by the last
    announcement those of all others exist.
    """
    last = [config for config in installed.get_app_configs() if config.models_module][-1]
    post_migrate.connect(_after_migration, sender=last, dispatch_uid="portal.roles")


def _after_migration(*, using, apps=installed, **_):
    try:
        apps.get_model("auth", "Group")
    except LookupError:
        return  # migrated back to before there were groups
    sync(using=using, apps=apps)
