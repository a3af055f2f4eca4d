"""Which uploaded documents the pages of this app offer to readers."""

from portal.attachments import Offer
from procedures.models import PeriodStatus, ProcedureForm
from procedures.models.results import PeriodEdition

__all__ = ["offers"]


def offers(keys):
    """Return {key: `Offer`} of the attachments of `keys` on a reviewed procedure or a published period.

    Earlier approved editions of a published period stay readable, with what was signed.
    """
    forms = ProcedureForm.objects.filter(
        attachment__in=keys, procedure__reviewed_at__isnull=False
    ).select_related("procedure")
    editions = (
        PeriodEdition.objects.approved()
        .filter(signed_file__in=keys, period__status=PeriodStatus.PUBLISHED)
        .select_related("period")
    )
    found = {
        edition.signed_file_id: Offer(edition.period.label, edition.get_absolute_url())
        for edition in editions
    }
    return found | {
        form.attachment_id: Offer(form.procedure.name, form.procedure.get_absolute_url())
        for form in forms
    }
