"""Makes the objects that tests need: `make_user()`, `make_article()` …

Every function takes keyword arguments that override its defaults and saves to the database.
One section an app.
"""

import itertools
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils import timezone
from django.utils.html import strip_tags

from articles.models import (
    Article,
    Category,
    Edition,
    Page,
    Stage,
    Status,
    WithdrawalKind,
)
from disclosure.models import Cadence, Duty, Occurrence
from disclosure.models import Outcome as DisclosureOutcome
from organisation.models import Body, BodyKind, Officer, Reception
from portal.identity import UnitType
from portal.models import (
    Alert,
    Identity,
    MenuItem,
    Picture,
    QuickTask,
    UsefulPhone,
    User,
    WebLink,
)
from procedures import periods
from procedures.models import (
    Channel,
    DataRequest,
    Dossier,
    DossierStatus,
    Field,
    ImportKind,
    ImportRun,
    ImportState,
    Outcome,
    Period,
    PeriodEdition,
    PeriodStatus,
    Procedure,
    ProcedureFigures,
    RequestKind,
    ResultSheet,
    Source,
)
from procedures.models import Stage as PeriodStage
from visitors import rollups
from visitors.models import Page as VisitedPage

_number = itertools.count(1)

# --- portal ---------------------------------------------------------------------

PASSWORD = "mat-khau-chi-dung-khi-thu"


def make_user(*, roles=(), **fields):
    """Make a member of staff who holds `roles` (names of portal/roles.py); password PASSWORD."""
    values = {
        "username": f"can-bo-{next(_number)}",
        "last_name": "Lê Thị",
        "first_name": "Hoa",
        "is_staff": True,
    } | fields
    password = values.pop("password", PASSWORD)
    user = User.objects.create_user(password=password, **values)
    user.groups.set([Group.objects.get(name=role) for role in roles])
    return user


def make_identity(**fields):
    """Make (or change) the one unit: Xã Đông Thanh, huyện Đông Sơn, tỉnh Thanh Hóa."""
    values = {
        "unit_type": UnitType.COMMUNE,
        "name": "Đông Thanh",
        "district": "huyện Đông Sơn",
        "province": "tỉnh Thanh Hóa",
        "governing_body": "Ủy ban nhân dân xã Đông Thanh",
        "address": "Thôn Phúc Triền 1, xã Đông Thanh",
        "phone": "0237.000.0000",
    } | fields
    identity, _ = Identity.objects.update_or_create(pk=1, defaults=values)
    return identity


def make_phone(**fields):
    values = {"label": "Bộ phận một cửa", "number": "0237.000.0001"} | fields
    return UsefulPhone.objects.create(**values)


def make_web_link(**fields):
    values = {"label": "Cổng Dịch vụ công", "url": "https://dichvucong.example/"} | fields
    return WebLink.objects.create(**values)


def make_menu_item(**fields):
    """Make a main entry that is a mere heading, unless `target`, `url` or `parent` say more."""
    return MenuItem.objects.create(**({"label": "Giới thiệu"} | fields))


def make_alert(**fields):
    """Make a notice that stands above every page from an hour ago to an hour from now."""
    now = timezone.now()
    values = {
        "title": "Chiều nay Bộ phận một cửa nghỉ",
        "starts_at": now - timedelta(hours=1),
        "ends_at": now + timedelta(hours=1),
    } | fields
    return Alert.objects.create(**values)


def make_quick_task(**fields):
    """Make a task that leads to the contact page, unless `target` or `url` say more."""
    values = {"label": "gọi điện cho xã"} | fields
    if not values.get("url"):
        values.setdefault("target", "contact")
    return QuickTask.objects.create(**values)


def make_picture(**fields):
    """Make a picture of its own; no file stands behind it."""
    number = next(_number)
    values = {
        "file": f"anh/2024/01/nha-van-hoa-{number}.jpg",
        "alt": "Nhà văn hóa thôn",
        "width": 1200,
        "height": 800,
        "size": 90_000,
        "sha256": f"{number:064x}",
    } | fields
    return Picture.objects.create(**values)


# --- articles -------------------------------------------------------------------


FIRST_READ = datetime(2024, 1, 26, 8, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def make_category(**fields):
    """Make a shown category of its own name."""
    number = next(_number)
    values = {"name": f"Chuyên mục {number}", "slug": f"chuyen-muc-{number}"} | fields
    return Category.objects.create(**values)


def make_article(**fields):
    """Make an article that readers have seen since 26/01/2024 08:30; a draft on request.

    Its first edition holds its text, approved unless the status is "draft".
    """
    number = next(_number)
    body = fields.get("body", "<p>Bà con xem lịch ở nhà văn hóa thôn.</p>")
    values = {
        "title": f"Lịch họp thôn số {number}",
        "slug": f"lich-hop-thon-so-{number}",
        "lead": "Các thôn họp vào tối thứ Bảy.",
        "body": body,
        "body_text": strip_tags(body),
        "status": Status.PUBLISHED,
        "published_at": FIRST_READ,
    } | fields
    if values["status"] == Status.WITHDRAWN:
        values = {
            "withdrawn_at": FIRST_READ,
            "withdrawal_kind": WithdrawalKind.OUTDATED,
            "withdrawal_reason": "Lịch đã đổi.",
        } | values
    if "category" not in values:
        values["category"] = make_category()
    return _with_first_edition(Article(**values))


def make_edition(content, *, stage=Stage.SUBMITTED, **fields):
    """Make a newer edition of an article or page, in hand and waiting for approval."""
    values = {name: getattr(content.head, name) for name in content.text_fields()} | fields
    values.setdefault("number", content.head.number + 1)
    edition = Edition.objects.create(**{content._meta.model_name: content}, **values)
    content.head, content.stage = edition, stage
    if stage == Stage.SUBMITTED:
        content.submitted_at = edition.created_at
    if content.status == Status.DRAFT:
        for name in content.text_fields():
            setattr(content, name, getattr(edition, name))
    content.save()
    return edition


def _with_first_edition(content):
    status, content.status = content.status, Status.DRAFT
    withdrawal = {
        name: getattr(content, name)
        for name in ("withdrawn_at", "withdrawal_kind", "withdrawal_reason", "merged_into")
        if status == Status.WITHDRAWN
    }
    for name in withdrawal:
        setattr(content, name, content._meta.get_field(name).get_default())
    content.save()
    content.head = Edition.objects.create(
        **{content._meta.model_name: content, "number": 1},
        **{name: getattr(content, name) for name in content.text_fields()},
        created_by=content.created_by,
    )
    if status != Status.DRAFT:
        content.status, content.stage = status, Stage.APPROVED
        content.approved, content.approved_at = content.head, FIRST_READ
        content.head.approved_at = FIRST_READ
        content.head.save(update_fields=["approved_at"])
    for name, value in withdrawal.items():
        setattr(content, name, value)
    content.save()
    return content


def make_page(**fields):
    """Make a shown page: the root, or below the root when there is one."""
    number = next(_number)
    body = fields.get("body", "<p>Xã có tám thôn.</p>")
    values = {
        "title": f"Trang {number}",
        "slug": f"trang-{number}",
        "body": body,
        "body_text": strip_tags(body),
        "parent": Page.objects.filter(parent=None).first(),
        "status": Status.PUBLISHED,
    } | fields
    parent = values["parent"]
    if parent is not None:
        values["path"] = "/".join(filter(None, [parent.path, values["slug"]]))
    return _with_first_edition(Page(**values))


# --- procedures -----------------------------------------------------------------


def make_field(**fields):
    """Make a lĩnh vực of its own name."""
    number = next(_number)
    values = {"name": f"Lĩnh vực {number}", "slug": f"linh-vuc-{number}"} | fields
    return Field.objects.create(**values)


def make_period(**fields):
    """Make a month under the reporting rule that readers see; `status` may say otherwise.

    Its first edition is in hand, and approved unless the status is "nhap".
    """
    code = fields.pop("code", "2024-T01")
    rule = fields.pop("rule", periods.Rule.REPORTING)
    status = fields.pop("status", PeriodStatus.PUBLISHED)
    parsed = periods.parse(code)
    starts_on, ends_on = periods.proposed_days(parsed, rule)
    values = {"kind": parsed.kind, "starts_on": starts_on, "ends_on": ends_on} | fields
    edition_fields = {
        name: values.pop(name)
        for name in ("note", "source", "run", "report_number", "as_of")
        if name in values
    }
    published_at = values.pop("published_at", RESULTS_PUBLISHED)
    period = Period.objects.create(code=code, rule=rule, **values)
    period.head = PeriodEdition.objects.create(period=period, number=1, **edition_fields)
    period.save()
    if status != PeriodStatus.DRAFT:
        publish_head(period, at=published_at)
    if status == PeriodStatus.REMOVED:
        period.status, period.removed_at = status, published_at
        period.removal_reason = "Số liệu nhập nhầm kỳ."
        period.save()
    return period


RESULTS_PUBLISHED = datetime(2024, 1, 16, 8, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def publish_head(period, *, at=RESULTS_PUBLISHED):
    """Approve what is in hand of `period`, as it is."""
    period.head.approved_at = at
    period.head.save(update_fields=["approved_at"])
    period.approved, period.stage = period.head, PeriodStage.APPROVED
    period.status = PeriodStatus.PUBLISHED
    period.published_at = period.published_at or at
    period.save()


def make_sheet(*, period=None, edition=None, field=None, carry_over_note="", **figures):
    """Make a row: 12 dossiers received, 10 resolved (1 late), 2 pending, unless told otherwise.

    It joins what is in hand of `period`, also when readers see it already.
    """
    values = figures or {
        "received_online": 4,
        "received_direct": 7,
        "carried_over": 1,
        "resolved_early": 6,
        "resolved_on_time": 3,
        "resolved_late": 1,
        "pending_in_time": 2,
    }
    edition = edition or (period or make_period()).head
    with open_again(edition):
        return ResultSheet.objects.create(
            edition=edition,
            field=field or make_field(),
            carry_over_note=carry_over_note,
            **values,
        )


@contextmanager
def open_again(edition):
    """Let rows join an approved edition, which the database else refuses."""
    approved_at = edition.approved_at
    PeriodEdition.objects.filter(pk=edition.pk).update(approved_at=None)
    yield
    PeriodEdition.objects.filter(pk=edition.pk).update(approved_at=approved_at)


def make_procedure(**fields):
    """Make a procedure in force, reviewed on 02/01/2024; `reviewed_at=None` for one that is not."""
    number = next(_number)
    values = {
        "code": f"1.{number:06}",
        "name": f"Thủ tục số {number}",
        "reviewed_at": datetime(2024, 1, 2, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")),
    } | fields
    if "field" not in values:
        values["field"] = make_field()
    return Procedure.objects.create(**values)


def make_run(*, period, **fields):
    """Make an import of a dossier list that was done."""
    number = next(_number)
    values = {
        "kind": ImportKind.DOSSIERS,
        "state": ImportState.DONE,
        "file_name": f"danh-sach-{number}.xlsx",
        "sha256": f"{number:064x}",
        "size": 20_000,
    } | fields
    return ImportRun.objects.create(period=period, **values)


def make_listed_period(**fields):
    """Make a period that readers see and whose figures come from a dossier list, still empty."""
    period = make_period(status=PeriodStatus.DRAFT, **fields)
    period.head.source = Source.DOSSIERS
    period.head.run = make_run(period=period)
    period.head.save()
    publish_head(period)
    return period


def make_correction(*, period):
    """Publish the next edition of `period`, still without rows, from the same source."""
    period.head = PeriodEdition.objects.create(
        period=period,
        number=period.head.number + 1,
        source=period.head.source,
        run=period.head.run,
        correction_note="Sửa số hồ sơ nhập nhầm.",
    )
    publish_head(period)


def make_procedure_figures(*, period, procedure, **figures):
    """Make the figures of a procedure in what is in hand of `period`."""
    with open_again(period.head):
        return ProcedureFigures.objects.create(
            edition=period.head, procedure=procedure, **figures
        )


def make_dossier(*, run, **fields):
    """Make a dossier of `run`: received 18/12/2023, resolved a day before its due day."""
    number = next(_number)
    if "procedure" not in fields:
        fields["procedure"] = make_procedure()
    values = {
        "code": f"000.17.22.H56-231218-{number:04}",
        "field": fields["procedure"].field,
        "channel": Channel.DIRECT,
        "received_on": date(2023, 12, 18),
        "due_on": date(2023, 12, 25),
        "finished_on": date(2023, 12, 22),
        "status": DossierStatus.RETURNED,
        "outcome": Outcome.RESOLVED_EARLY,
    } | fields
    return Dossier.objects.create(run=run, **values)


def make_data_request(**fields):
    """Make an open request to correct a dossier, received on 01/02/2024."""
    received_on = fields.get("received_on", date(2024, 2, 1))
    values = {
        "kind": RequestKind.CORRECTION,
        "received_on": received_on,
        "due_on": received_on + timedelta(days=15),
        "dossier_code": "000.17.22.H56-231218-0001",
        "wish": "Sửa ngày trả kết quả.",
    } | fields
    return DataRequest.objects.create(**values)


# --- organisation -----------------------------------------------------------------


def make_body(**fields):
    """Make a shown body of its own name."""
    number = next(_number)
    values = {
        "kind": BodyKind.OFFICE,
        "name": f"Bộ phận {number}",
        "slug": f"bo-phan-{number}",
    } | fields
    return Body.objects.create(**values)


def make_officer(**fields):
    """Make a shown officer; of a body of their own unless told otherwise."""
    number = next(_number)
    values = {"name": f"Lê Cao Nguyên {number}", "position": "Công chức"} | fields
    if "body" not in values:
        values["body"] = make_body()
    return Officer.objects.create(**values)


def make_reception(**fields):
    """Make the chairman's reception of citizens on the morning of 10/03/2025."""
    values = {
        "day": date(2025, 3, 10),
        "starts_at": time(8),
        "ends_at": time(11),
        "host": "Chủ tịch Ủy ban nhân dân xã",
        "place": "Phòng tiếp công dân, trụ sở Ủy ban nhân dân xã",
    } | fields
    return Reception.objects.create(**values)


# --- visitors -------------------------------------------------------------------


def make_page_views(*, kind, object_id, views, day=None, path=""):
    """Let the page of an object have been opened on `day` (today); return its `Page`."""
    page, _ = VisitedPage.objects.get_or_create(
        path=path or f"/{kind}/{object_id}/", kind=kind, object_id=str(object_id)
    )
    with transaction.atomic(), connection.cursor() as cursor:
        rollups.PAGE.add(cursor, {(day or timezone.localdate(), page.pk): (views, 0)})
    return page


# --- disclosure -----------------------------------------------------------------


def make_duty(**fields):
    """Make a duty that an officer confirmed: budget figures 15 days after each quarter."""
    number = next(_number)
    values = {
        "title": f"Tình hình thực hiện ngân sách {number}",
        "slug": f"ngan-sach-{number}",
        "cadence": Cadence.QUARTERLY,
        "due_days": 15,
        "since": date(2024, 1, 1),
        "reviewed_at": FIRST_READ,
    } | fields
    return Duty.objects.create(**values)


def make_occurrence(**fields):
    """Make the first quarter of 2024 of a duty, due on 15/04/2024 and waiting.

    `article` (or `attachment`) and `published_on` say that it was published there.
    """
    values = {"period": "2024-Q1", "due_on": date(2024, 4, 15)} | fields
    if "duty" not in values:
        values["duty"] = make_duty()
    if article := values.pop("article", None):
        values |= {"page_kind": "article", "page_key": str(article.pk)}
    if "published_on" in values:
        values |= {"outcome": DisclosureOutcome.PUBLISHED, "recorded_at": FIRST_READ}
    return Occurrence.objects.create(**values)
