"""Legal documents that what the commune does stands on: procedures, duties to publish."""

from django.db import models
from django.db.models import F, Q

__all__ = ["LegalBasis"]


class LegalBasisQuerySet(models.QuerySet):
    def repealed(self, *, today):
        """Return the documents that are no longer in force on `today`."""
        return self.filter(repealed_on__lte=today)


class LegalBasis(models.Model):
    """A legal document; a repealed one is kept, since what stood on it has to be looked at."""

    number = models.CharField(
        "số, ký hiệu",
        max_length=80,
        unique=True,
        help_text="Ví dụ: 60/2014/QH13, 123/2015/NĐ-CP.",
    )
    title = models.CharField("trích yếu", max_length=400)
    issuer = models.CharField("cơ quan ban hành", max_length=160, blank=True)
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)
    url = models.URLField(
        "địa chỉ toàn văn",
        max_length=400,
        blank=True,
        help_text="Nên dẫn tới cơ sở dữ liệu quốc gia về văn bản pháp luật.",
    )
    repealed_on = models.DateField(
        "hết hiệu lực từ ngày",
        null=True,
        blank=True,
        help_text="Để trống khi văn bản còn hiệu lực. Từ ngày này, cổng nhắc xem lại những gì "
        "đang dựa vào văn bản.",
    )
    replaced_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="được thay bằng",
        related_name="predecessors",
    )

    objects = LegalBasisQuerySet.as_manager()

    class Meta:
        verbose_name = "căn cứ pháp lý"
        verbose_name_plural = "căn cứ pháp lý"
        # Where it was when only procedures stood on it.
        db_table = "procedures_legalbasis"
        ordering = ["-issued_on", "number"]
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="legal_basis_has_number"),
            models.CheckConstraint(
                condition=Q(replaced_by=None) | Q(repealed_on__isnull=False),
                name="legal_basis_replaced_is_repealed",
                violation_error_message=(
                    "Văn bản đã được thay thì hãy ghi hết hiệu lực từ ngày nào."
                ),
            ),
            models.CheckConstraint(
                condition=Q(replaced_by=None) | ~Q(replaced_by=F("pk")),
                name="legal_basis_not_replaced_by_itself",
                violation_error_message="Một văn bản không thể thay chính nó.",
            ),
        ]

    def __str__(self):
        return f"{self.number}: {self.title}"

    def is_repealed(self, today):
        """Tell whether the document is no longer in force on `today`."""
        return self.repealed_on is not None and self.repealed_on <= today
