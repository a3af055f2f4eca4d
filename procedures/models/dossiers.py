"""The dossiers behind a period's figures: the public facts of each, and nothing else.

No name, address, phone, identity number, birth date or note has a column here, so none can
be stored, and a lĩnh vực of which only totals are public has no rows at all (a trigger).
"""

from django.db import models
from django.db.models import F, Q

from procedures.models.catalogue import Channel, Procedure
from procedures.models.fields import Field
from procedures.models.imports import ImportRun


class DossierStatus(models.IntegerChoices):
    """The ten statuses of the national portal."""

    REGISTERED = 1, "Mới đăng ký"
    ACCEPTED = 2, "Được tiếp nhận"
    NOT_ACCEPTED = 3, "Không được tiếp nhận"
    IN_PROGRESS = 4, "Đang xử lý"
    MORE_PAPERS = 5, "Yêu cầu bổ sung giấy tờ"
    FINANCIAL_DUTY = 6, "Yêu cầu thực hiện nghĩa vụ tài chính"
    WITHDRAWN = 7, "Công dân yêu cầu rút hồ sơ"
    STOPPED = 8, "Dừng xử lý"
    PROCESSED = 9, "Đã xử lý xong"
    RETURNED = 10, "Đã trả kết quả"


class Outcome(models.TextChoices):
    """The column of the form in which a dossier counts at the end of the period."""

    RESOLVED_EARLY = "resolved_early", "Giải quyết trước hạn"
    RESOLVED_ON_TIME = "resolved_on_time", "Giải quyết đúng hạn"
    RESOLVED_LATE = "resolved_late", "Giải quyết quá hạn"
    PENDING_IN_TIME = "pending_in_time", "Đang giải quyết, trong hạn"
    PENDING_OVERDUE = "pending_overdue", "Đang giải quyết, quá hạn"


class DossierQuerySet(models.QuerySet):
    def of(self, edition):
        """Return the rows that an edition's figures were counted from; none if by hand."""
        return self.filter(run=edition.run_id) if edition.run_id else self.none()


class Dossier(models.Model):
    """One dossier as it stood when its list was exported."""

    # No index of their own: those below serve, and each costs a list its time to store.
    run = models.ForeignKey(
        ImportRun, models.CASCADE, related_name="dossiers", db_index=False
    )
    code = models.CharField("mã hồ sơ", max_length=40)
    procedure = models.ForeignKey(
        Procedure,
        models.PROTECT,
        verbose_name="thủ tục",
        related_name="dossiers",
        db_index=False,
    )
    field = models.ForeignKey(
        Field,
        models.PROTECT,
        verbose_name="lĩnh vực",
        related_name="dossiers",
        db_index=False,
    )
    channel = models.PositiveSmallIntegerField("cách nộp", choices=Channel)
    received_on = models.DateField("ngày nhận")
    due_on = models.DateField("ngày hẹn trả", null=True)
    finished_on = models.DateField("ngày có kết quả", null=True)
    status = models.PositiveSmallIntegerField("tình trạng", choices=DossierStatus)
    outcome = models.CharField("được tính là", max_length=16, choices=Outcome)
    is_carried_over = models.BooleanField("từ kỳ trước chuyển sang", default=False)

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = "hồ sơ"
        verbose_name_plural = "hồ sơ"
        default_permissions = ()
        ordering = ["-received_on", "-code"]
        indexes = [
            models.Index(fields=["run", "-received_on", "-code"], name="dossier_by_day"),
            models.Index(fields=["run", "field", "-received_on"], name="dossier_by_field"),
            models.Index(
                fields=["run", "procedure", "-received_on"], name="dossier_by_procedure"
            ),
            # Counts for every filter of a list are read from this index alone.
            models.Index(
                fields=["run", "field", "procedure", "outcome", "channel"],
                name="dossier_counts",
            ),
            # The few that are late, which a reader looks for among all the others.
            models.Index(
                fields=["run", "outcome", "-received_on", "-code"],
                name="dossier_late_by_day",
                condition=Q(outcome__in=(Outcome.RESOLVED_LATE, Outcome.PENDING_OVERDUE)),
            ),
        ]
        constraints = [
            # The code first, by which a dossier is looked up.
            models.UniqueConstraint(fields=["code", "run"], name="dossier_once_per_run"),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="dossier_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=DossierStatus.values), name="dossier_status_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=Outcome.values), name="dossier_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(finished_on=None) | Q(finished_on__gte=F("received_on")),
                name="dossier_finished_after_received",
            ),
        ]

    def __str__(self):
        return self.code
