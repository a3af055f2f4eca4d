"""What search engines are told in `<script type="application/ld+json">`, by schema.org."""

import json

__all__ = ["breadcrumb_list", "organization", "script_json", "site_graph"]

# Nothing of the data can end the script block or begin another; no markup survives.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def organization(identity):
    """Return the unit that publishes."""
    return {"@type": "GovernmentOrganization", "name": identity.full_name}


def site_graph(*, identity, canonical):
    """Return a JSON-LD graph for the home page at `canonical`: the site and its unit.

    Only the office's own address, phone and e-mail; what is not entered is left out.
    """
    unit = organization(identity) | {"@id": f"{canonical}#don-vi", "url": canonical}
    told = {
        "address": identity.address,
        "telephone": identity.phone,
        "email": identity.email,
    }
    unit |= {name: value for name, value in told.items() if value}
    site = {
        "@type": "WebSite",
        "url": canonical,
        "name": identity.full_name,
        "inLanguage": "vi",
        "publisher": {"@id": unit["@id"]},
    }
    return {"@context": "https://schema.org", "@graph": [site, unit]}


def breadcrumb_list(crumbs):
    """Return the way to a page: `crumbs` are (label, whole address), the home page first."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": place, "name": label, "item": address}
            for place, (label, address) in enumerate(crumbs, start=1)
        ],
    }


def script_json(data):
    """Return JSON that can stand in a script block, whatever the texts in `data` hold."""
    return json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
