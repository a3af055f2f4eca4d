"""The admin panel under /quan-tri/."""

from django.contrib import admin


class PortalAdminSite(admin.AdminSite):
    site_title = "Quản trị"
    site_header = "Quản trị cổng thông tin"
    index_title = "Bắt đầu"
