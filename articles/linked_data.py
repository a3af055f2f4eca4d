"""What search engines are told about an article, in the words of schema.org."""

from django.utils import timezone

from portal.linked_data import breadcrumb_list, organization

__all__ = ["article_graph"]


def article_graph(*, article, canonical, image, crumbs, identity):
    """Return a JSON-LD graph: the article, and the way to it from the home page.

    `crumbs` are (label, whole address) from the home page down to the article.
    """
    return {
        "@context": "https://schema.org",
        "@graph": [
            _news_article(article, canonical, image, identity),
            breadcrumb_list(crumbs),
        ],
    }


def _news_article(article, canonical, image, identity):
    publisher = organization(identity)
    facts = {
        "@type": "NewsArticle",
        "headline": article.title,
        "description": article.description,
        "url": canonical,
        "mainEntityOfPage": canonical,
        "image": [image],
        "datePublished": article.published_iso,
        "dateModified": article.revised_iso
        if article.is_revised
        else article.published_iso,
        "articleSection": article.category.name,
        "inLanguage": "vi",
        "isAccessibleForFree": True,
        "author": (
            {"@type": "Person", "name": article.author_name}
            if article.author_name
            else publisher
        ),
        "publisher": publisher,
    }
    ends_at = article.withdrawn_at or article.expires_at
    if ends_at:
        facts["expires"] = timezone.localtime(ends_at).isoformat(timespec="seconds")
    return facts
