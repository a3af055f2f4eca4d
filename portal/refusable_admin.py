"""Admin forms whose saving can be refused: the refusal stands beside what was typed."""

from django import forms
from django.contrib import admin, messages
from django.shortcuts import redirect

from portal.refusals import Refused

__all__ = ["RefusableAdmin", "RefusableForm"]


class RefusableForm(forms.ModelForm):
    """Shows a refusal beside what was typed, as if it were a mistake in it.

    The admin sets `refusal` and asks for the form a second time.
    """

    refusal = None

    def clean(self):
        cleaned = super().clean()
        if self.refusal is not None:
            self.add_error(None, list(self.refusal.reasons))
        return cleaned


class RefusableAdmin(admin.ModelAdmin):
    """Shows a `Refused` in the form, with everything that was typed.

    `stale` is the kind of refusal that says somebody else saved first; it is answered by 409.
    """

    actions = None
    stale = ()

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refusal:
            # Nothing was stored; asked again, the same form has the refusal for a mistake.
            request.refusal = refusal
            response = super().changeform_view(request, object_id, form_url, extra_context)
            if isinstance(refusal, self.stale):
                response.status_code = 409
            return response

    def delete_view(self, request, object_id, extra_context=None):
        try:
            return super().delete_view(request, object_id, extra_context)
        except Refused as refusal:
            self.tell_refusal(request, refusal)
            return redirect(request.path)

    def get_form(self, request, obj=None, change=False, **kwargs):  # noqa: FBT002  (Django's signature)
        form = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form

    def tell_refusal(self, request, refusal):
        for reason in refusal.reasons:
            self.message_user(request, reason, messages.ERROR)
