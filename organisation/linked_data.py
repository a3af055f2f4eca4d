"""What search engines are told about bodies and officers, in the words of schema.org."""

from portal.linked_data import breadcrumb_list, organization

__all__ = ["body_graph", "chart_graph"]


def body_graph(body, chart, *, crumbs):
    """Return a JSON-LD graph: a body with its members, and the way to it from the home page.

    `crumbs` are (label, whole address) from the home page down to the body.
    """
    *_, (above, above_address), (_, address) = crumbs
    facts = _body(body, address=address)
    if body.parent_id:
        facts["parentOrganization"] = {
            "@type": "GovernmentOrganization",
            "name": above,
            "url": above_address,
        }
    if members := [_officer(officer) for officer in chart.officers(body)]:
        facts["member"] = members
    return _graph(facts, breadcrumb_list(crumbs))


def chart_graph(chart, *, address, identity):
    """Return a JSON-LD graph: the unit and the bodies at its head. `address` is the chart's."""
    heads = [
        _body(root.body, address=f"{address}{root.body.slug}/") for root in chart.roots
    ]
    return _graph(organization(identity) | {"url": address, "subOrganization": heads})


def _graph(*nodes):
    return {"@context": "https://schema.org", "@graph": list(nodes)}


def _body(body, *, address):
    facts = {
        "@type": "GovernmentOrganization",
        "name": body.name,
        "url": address,
        "address": body.address,
        **_contact(body),
    }
    return {name: value for name, value in facts.items() if value}


def _officer(officer):
    facts = {
        "@type": "Person",
        "name": officer.name,
        "jobTitle": officer.position,
        **_contact(officer),
    }
    return {name: value for name, value in facts.items() if value}


def _contact(reached):
    return {
        "telephone": reached.phone_link.removeprefix("tel:"),
        "email": reached.email,
    }
