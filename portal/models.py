"""The tables of the project itself; each lives in the module of its capability."""

from portal.accounts import User
from portal.audit import AuditEntry
from portal.content_version import ContentVersion
from portal.directory import UsefulPhone, WebLink
from portal.files import Picture, Rendition
from portal.identity import Identity
from portal.menu import MenuItem

__all__ = [
    "AuditEntry",
    "ContentVersion",
    "Identity",
    "MenuItem",
    "Picture",
    "Rendition",
    "UsefulPhone",
    "User",
    "WebLink",
]
