"""What this software assumes of its settings and its machine, as system checks.

E001  VAR_DIR can be written                       (manage.py check --deploy)
E002  what is written is not served as static      (always)
E003  TRUSTED_PROXIES holds addresses or networks  (always)
E004  each official host is an allowed host        (always)
E005  the visit counter wraps the application      (manage.py check --deploy)
E006  psycopg 3 is not installed beside psycopg2   (always)
E007  SITE_URL is the address of a site            (always)
E008  links to drafts stay open for 1 to 30 days   (always)
E009  the measurement of state sites is whole      (always)
"""

import importlib.util
import os
import re
from pathlib import Path

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.http.request import validate_host
from django.utils.module_loading import import_string

from portal.client import parse_proxies


@register(Tags.files, deploy=True)
def check_var_is_writable(app_configs, **kwargs):
    folder = settings.VAR_DIR
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if os.access(folder, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"PORTAL_VAR={settings.VAR_DIR} cannot be written by this user.",
            hint="Create the folder and give it to the user that runs the site.",
            id="portal.E001",
        )
    ]


@register(Tags.files)
def check_nothing_private_is_static(app_configs, **kwargs):
    served = [Path(settings.STATIC_ROOT), *map(Path, settings.STATICFILES_DIRS)]
    private = {
        "MEDIA_ROOT": Path(settings.MEDIA_ROOT),
        "ATTACHMENT_ROOT": Path(settings.ATTACHMENT_ROOT),
        "VISIT_SPOOL_DIR": Path(settings.VISIT_SPOOL_DIR),
        "VAR_DIR": Path(settings.VAR_DIR),
    }
    return [
        Error(
            f"{name}={folder} lies in {outer}, which is served to everybody.",
            hint="Choose a PORTAL_VAR outside the folders of static files.",
            id="portal.E002",
        )
        for name, folder in private.items()
        for outer in served
        if folder.is_relative_to(outer)
    ]


@register(Tags.security)
def check_proxies(app_configs, **kwargs):
    try:
        parse_proxies(tuple(settings.TRUSTED_PROXIES))
    except ValueError as error:
        return [
            Error(
                f"TRUSTED_PROXIES: {error}",
                hint='Write addresses, networks (10.0.0.0/24) or "unix", with commas between.',
                id="portal.E003",
            )
        ]
    return []


@register(Tags.security)
def check_official_hosts(app_configs, **kwargs):
    return [
        Error(
            f"OFFICIAL_HOSTS names {host}, which is not in ALLOWED_HOSTS.",
            hint="A host that is not answered cannot be official: add it, or correct the name.",
            id="portal.E004",
        )
        for host in settings.OFFICIAL_HOSTS
        if not validate_host(host.lower(), settings.ALLOWED_HOSTS)
    ]


@register(deploy=True)
def check_visits_are_counted(app_configs, **kwargs):
    from visitors.counter import Counter

    if isinstance(import_string(settings.WSGI_APPLICATION), Counter):
        return []
    return [
        Error(
            f"{settings.WSGI_APPLICATION} is not wrapped by the visit counter.",
            hint="portal/wsgi.py wraps Django's application in visitors.counter.Counter.",
            id="portal.E005",
        )
    ]


@register(Tags.compatibility)
def check_one_psycopg(app_configs, **kwargs):
    if importlib.util.find_spec("psycopg") is None:
        return []
    return [
        Error(
            "psycopg 3 is installed, and Django would use it instead of psycopg2.",
            hint="Uninstall psycopg; this software is built and tested on psycopg2.",
            id="portal.E006",
        )
    ]


@register(Tags.security)
def check_site_url(app_configs, **kwargs):
    if re.fullmatch(r"https?://[a-z0-9.-]+(:\d{1,5})?", settings.SITE_URL, re.IGNORECASE):
        return []
    return [
        Error(
            f"SITE_URL={settings.SITE_URL} is not the address of a site.",
            hint="Links in mails and the names of articles in feeds begin with it: write "
            "https://dongthanh.example.vn, without a path.",
            id="portal.E007",
        )
    ]


@register(Tags.security)
def check_preview_days(app_configs, **kwargs):
    if 1 <= settings.PREVIEW_DAYS <= 30:
        return []
    return [
        Error(
            f"PREVIEW_DAYS={settings.PREVIEW_DAYS} is not between 1 and 30.",
            hint="Whoever holds such a link reads a draft, so it has to close some day.",
            id="portal.E008",
        )
    ]


@register(Tags.security)
def check_measurement(app_configs, **kwargs):
    url, code = settings.EMC_SCRIPT_URL, settings.EMC_SITE_CODE
    problems = []
    if bool(url) != bool(code):
        problems.append("EMC_SCRIPT_URL and EMC_SITE_CODE are set together or not at all.")
    if url and code and not settings.EMC_ORIGIN:
        problems.append(f"EMC_SCRIPT_URL={url} is not the https address of a script.")
    if not re.fullmatch(r"data-[a-z0-9]+(-[a-z0-9]+)*", settings.EMC_CODE_ATTRIBUTE):
        problems.append(
            f"EMC_CODE_ATTRIBUTE={settings.EMC_CODE_ATTRIBUTE} is not a name of data-…."
        )
    return [
        Error(
            problem,
            hint="Public pages load this script from another host: copy the address, the code "
            "and the attribute exactly from what the measuring agency has sent.",
            id="portal.E009",
        )
        for problem in problems
    ]
