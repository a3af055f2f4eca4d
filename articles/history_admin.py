"""The history of a text in the admin: its editions, what changed between two, the way back."""

import re

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect

from articles import edition_changes, states, workflow
from articles.models import Edition
from articles.review_admin import admin_url
from portal.accounts import name_of
from portal.audit import AuditEntry, phrase
from portal.paging import page_of

__all__ = ["EditionHistoryMixin"]

EDITIONS_PER_PAGE = 20
MOST_ENTRIES = 30  # of the audit; the link leads to all of them
OLD, NEW = "cu", "moi"  # in the query: the numbers of the editions to compare
_NUMBER = re.compile(r"[0-9]{1,9}")


class EditionHistoryMixin:
    """For a ModelAdmin with `ReviewAdminMixin`: its editions in place of Django's own history."""

    def history_view(self, request, object_id, extra_context=None):
        """Show the editions and what changed between two of them; on POST restore one."""
        content = self._content(request, object_id, may=self.has_view_permission)
        if request.method == "POST":
            return self._restore(request, content)
        old, new = _chosen(request, content)
        editions = Edition.objects.of(content).for_history()
        page = page_of(editions, request, per_page=EDITIONS_PER_PAGE)
        return self._render(
            request,
            "history",
            content,
            title="Lịch sử các bản",
            standing=states.sentence(content),
            badges=states.badges(content),
            old=old,
            new=new,
            comparison=old and edition_changes.between(old, new),
            page=page,
            rows=[
                (edition, name_of(edition.created_by), name_of(edition.approved_by))
                for edition in page
            ],
            kept_choice=f"{OLD}={old.number}&{NEW}={new.number}" if old else "",
            may_restore="restore" in workflow.allowed_steps(content, request.user),
            entries=[
                (entry, phrase(entry.action), name_of(entry.actor))
                for entry in AuditEntry.objects.about(content)[:MOST_ENTRIES]
            ],
            may_open_entries=request.user.has_perm("portal.view_auditentry"),
        )

    def _restore(self, request, content):
        if "restore" not in workflow.allowed_steps(content, request.user):
            raise PermissionDenied
        number = _number(request.POST.get("number"))
        try:
            workflow.restore(content=content, actor=request.user, number=number)
        except workflow.Refused as refusal:
            self.tell_refusal(request, refusal)
            return redirect(admin_url(content, "history"))
        self.tell_standing(request, content, f"Đã lấy lại bản {number}.")
        return redirect(admin_url(content, "change"))


def _chosen(request, content):
    """Return the editions to compare, the older first; (None, newest) while there is but one.

    Without a choice: the one in hand against the one that readers see, else the one before.
    """
    editions = Edition.objects.of(content)
    new = _edition(editions, request.GET.get(NEW)) or content.head
    old = _edition(editions, request.GET.get(OLD))
    if old is None and content.approved_id and content.approved.number < new.number:
        old = content.approved
    return old or editions.filter(number__lt=new.number).first(), new


def _edition(editions, asked):
    """Return the edition of that number, None without a number; 404 for one that never was."""
    if not asked:
        return None
    edition = editions.filter(number=_number(asked)).first()
    if edition is None:
        raise Http404
    return edition


def _number(said):
    """Return the number that a request names; 404 for anything else."""
    if not _NUMBER.fullmatch(said or ""):
        raise Http404
    return int(said)
