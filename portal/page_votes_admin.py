"""What readers answered under the pages, in the admin."""

from django.contrib import admin

from portal.audit_admin import ReadOnlyAdmin
from portal.page_votes import PageVote


@admin.register(PageVote)
class PageVoteAdmin(ReadOnlyAdmin):
    list_display = ["day", "title", "helpful", "unhelpful"]
    list_filter = ["day", "kind"]
    search_fields = ["title"]
    date_hierarchy = "day"
