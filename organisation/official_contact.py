"""Only what is official: private mobiles and private mailboxes are not published by mistake."""

import re

from portal.phone import tel_uri
from portal.refusals import Refused

__all__ = ["require_official"]

_MOBILE = re.compile(r"tel:\+84[35789]\d{8}")
_FREE_PROVIDERS = frozenset(
    (
        *("gmail", "googlemail", "yahoo", "ymail", "rocketmail", "outlook", "hotmail"),
        *("live", "msn", "icloud", "me", "mac", "aol", "proton", "protonmail", "pm"),
        *("zoho", "zohomail", "gmx", "mail", "yandex", "tutanota", "fastmail", "qq"),
    )
)
_CONFIRM = "Nếu đúng là của cơ quan cấp, hãy đánh dấu ô “Đây là số, hộp thư công vụ”."


def require_official(target, stored, *, is_confirmed):
    """Refuse a new phone or mailbox of `target` that looks private, unless staff confirmed it.

    `stored` is the row as it was, or None. What has not changed was asked about before.
    Returns the sentence for the record of a confirmation, "" where none was needed.
    """

    def is_new(value, name):
        return value and (stored is None or value != getattr(stored, name))

    doubts = []
    if is_new(target.phone, "phone") and _MOBILE.fullmatch(tel_uri(target.phone)):
        doubts.append(
            f"Số {target.phone} là số di động, giống số riêng của một người. Hãy ghi số máy "
            f"của cơ quan. {_CONFIRM}"
        )
    if is_new(target.email, "email") and _is_free(target.email):
        doubts.append(
            f"Hộp thư {target.email} ở một nơi cấp miễn phí, giống hộp thư riêng. Hãy ghi hộp "
            f"thư công vụ. {_CONFIRM}"
        )
    if not doubts:
        return ""
    if not is_confirmed:
        raise Refused(*doubts)
    return "Người ghi xác nhận đây là số, hộp thư công vụ."


def _is_free(email):
    """Tell whether the mailbox is at a provider where anybody gets one.

    The provider is the name before its suffix: gmail.com, yahoo.com.vn, mail.yahoo.com.
    """
    domain = email.rpartition("@")[2].lower()
    if domain.endswith(".gov.vn"):
        return False
    names = domain.split(".")[:-1]
    while len(names) > 1 and names[-1] in ("com", "co", "net", "org"):
        names.pop()
    return names[-1:] != [] and names[-1] in _FREE_PROVIDERS
