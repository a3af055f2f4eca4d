"""What readers answered under the pages, in the admin."""

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.db import transaction

from portal import page_suggestions
from portal.audit_admin import ReadOnlyAdmin
from portal.page_suggestions import PageSuggestion
from portal.page_votes import PageVote


@admin.register(PageVote)
class PageVoteAdmin(ReadOnlyAdmin):
    list_display = ["day", "title", "helpful", "unhelpful"]
    list_filter = ["day", "kind"]
    search_fields = ["title"]
    date_hierarchy = "day"


@admin.register(PageSuggestion)
class PageSuggestionAdmin(ReadOnlyAdmin):
    """Texts of readers: read, acted upon, and deleted when they are done with."""

    list_display = ["day", "title", "text"]
    list_display_links = ["title"]
    list_filter = ["day", "kind"]
    search_fields = ["title", "text"]
    date_hierarchy = "day"
    fields = ["day", "title", "text"]

    def has_delete_permission(self, request, obj=None):
        codename = get_permission_codename("delete", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def delete_model(self, request, obj):
        page_suggestions.drop(suggestion=obj, actor=request.user)

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        for suggestion in queryset:
            page_suggestions.drop(suggestion=suggestion, actor=request.user)
