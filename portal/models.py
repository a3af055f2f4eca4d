"""The tables of the project itself; each lives in the module of its capability."""

from portal.accounts import User
from portal.alerts import Alert
from portal.attachments import Attachment
from portal.audit import AuditEntry
from portal.content_version import ContentVersion
from portal.directory import UsefulPhone, WebLink
from portal.files import Picture
from portal.home_blocks import HomeBlock
from portal.identity import Identity
from portal.legal_bases import LegalBasis
from portal.menu import MenuItem
from portal.page_suggestions import PageSuggestion
from portal.page_votes import PageVote
from portal.presence import Presence
from portal.quick_tasks import QuickTask
from portal.ratelimit import RateLimit
from portal.redirects import Redirect

__all__ = [
    "Alert",
    "Attachment",
    "AuditEntry",
    "ContentVersion",
    "HomeBlock",
    "Identity",
    "LegalBasis",
    "MenuItem",
    "PageSuggestion",
    "PageVote",
    "Picture",
    "Presence",
    "QuickTask",
    "RateLimit",
    "Redirect",
    "UsefulPhone",
    "User",
    "WebLink",
]
