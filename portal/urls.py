"""The site's addresses (design: unaccented Vietnamese words, English view names)."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from articles import previews
from portal import (
    attachments,
    contact,
    files,
    home,
    machine_files,
    page_suggestions,
    page_votes,
    search_views,
    site_pages,
    sitemaps,
    views,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("robots.txt", machine_files.robots, name="robots"),
    path(".well-known/security.txt", machine_files.security, name="security"),
    path("security.txt", RedirectView.as_view(pattern_name="security", permanent=True)),
    path("site.webmanifest", machine_files.webmanifest, name="webmanifest"),
    path("favicon.ico", machine_files.favicon, name="favicon"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-tin-moi.xml", sitemaps.news, name="sitemap_news"),
    path("sitemap-bai-viet-<int:block>.xml", sitemaps.articles, name="sitemap_articles"),
    path("sitemap-<slug:name>.xml", sitemaps.section, name="sitemap_section"),
    path("media/<path:name>", files.serve, name="media"),
    path("tai-ve/<int:number>/<str:name>", attachments.download, name="attachment"),
    path("tim-kiem/", search_views.search, name="search"),
    path("tim-kiem/goi-y/", search_views.suggestions, name="search_suggestions"),
    path("opensearch.xml", search_views.description, name="search_description"),
    path("lien-he/", contact.contact, name="contact"),
    path("so-do-trang/", site_pages.site_map, name="site_map"),
    path("tro-nang/", site_pages.accessibility, name="accessibility"),
    path("quyen-rieng-tu/", site_pages.privacy, name="privacy"),
    path("phan-hoi/", page_votes.vote, name="page_vote"),
    path("phan-hoi/cam-on/", page_votes.thanks, name="page_vote_thanks"),
    path("phan-hoi/gop-y/", page_suggestions.suggest, name="page_suggestion"),
    path(
        "phan-hoi/da-nhan-gop-y/",
        page_suggestions.received,
        name="page_suggestion_received",
    ),
    path("", include("articles.urls")),
    path("xem-truoc/<str:token>/", previews.show, name="preview"),
    path("thu-tuc/", include("procedures.catalogue_urls")),
    path("ket-qua-tthc/", include("procedures.urls")),
    path("tra-cuu-ho-so/", include("procedures.lookup_urls")),
    path("cong-khai/", include("disclosure.urls")),
    path("thong-ke-truy-cap/", include("visitors.urls")),
    path("", include("organisation.urls")),
    path("api/", include("portal.open_data_urls")),
    path("phong-cach/", views.style_guide, name="style_guide"),
    path("quan-tri/", admin.site.urls),
]

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.permission_denied"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"
