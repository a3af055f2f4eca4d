"""Which uploaded documents the pages of this app offer to readers."""

from procedures.models import PeriodStatus, ProcedureForm
from procedures.models.results import PeriodEdition


def are_offered(attachment):
    """Tell whether a reviewed procedure or a published period offers `attachment` now.

    Earlier approved editions of a published period stay readable, with what was signed.
    """
    return (
        ProcedureForm.objects.filter(
            attachment=attachment, procedure__reviewed_at__isnull=False
        ).exists()
        or PeriodEdition.objects.approved()
        .filter(signed_file=attachment, period__status=PeriodStatus.PUBLISHED)
        .exists()
    )
