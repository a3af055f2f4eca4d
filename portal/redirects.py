"""Old addresses and where what stood there is now.

Asked only when nothing answers at an address (`portal.errors.not_found`), so a redirect never
hides a page. Old addresses come from moved categories and pages, from the unit's former portal
(`/portal/Pages/2024-1-26/Dai-hoi.aspx?id=12`), and from hand. They are kept in one form, so that
capitals, percent-encoding, the order of a query and a slash at the end make no difference.
"""

import re
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from portal.refusals import Refused
from portal.text import clean_line

__all__ = ["Redirect", "destination", "normal", "remember", "target_of"]

LENGTH = 600  # characters; four bytes each still fit into an index of Postgres

# What social networks and newsletters hang on an address; it names no page.
_TRACKING = re.compile(r"utm_.*|fbclid|gclid|zarsrc")
# No host, no way around it, nothing that a header cannot hold.
_NEW = re.compile(r"/(?![/\\])[^\s\\\x00-\x1f\x7f]*")


class Redirect(models.Model):
    """The address `old` of this site, in the form of `normal()`, leads to the address `new`."""

    old = models.CharField(
        "địa chỉ cũ",
        max_length=LENGTH,
        unique=True,
        help_text=(
            "Dán nguyên địa chỉ cũ cũng được, ví dụ /portal/Pages/tin.aspx?id=12; "
            "chữ hoa và chữ thường như nhau."
        ),
        error_messages={"unique": "Địa chỉ cũ này đã có trong danh sách."},
    )
    new = models.CharField(
        "địa chỉ mới",
        max_length=LENGTH,
        help_text="Địa chỉ trên chính cổng này, bắt đầu bằng dấu /, ví dụ /lien-he/.",
    )
    # `new` in the form of `old`, so that a chain or a circle is seen however it is written.
    new_key = models.CharField(max_length=LENGTH, db_index=True, editable=False)
    created_at = models.DateTimeField("ghi lúc", default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        verbose_name="người ghi",
        related_name="+",
    )

    class Meta:
        verbose_name = "địa chỉ chuyển tiếp"
        verbose_name_plural = "địa chỉ chuyển tiếp"
        ordering = ["old"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(old=F("new_key")),
                name="redirect_leads_elsewhere",
                violation_error_message="Địa chỉ cũ và địa chỉ mới là một.",
            ),
            models.CheckConstraint(
                # One slash: two would lead to another site.
                condition=Q(old__regex=r"^/($|[^/\\])", new__regex=r"^/($|[^/\\])"),
                name="redirect_stays_on_this_site",
                violation_error_message="Địa chỉ phải bắt đầu bằng đúng một dấu /.",
            ),
        ]

    def __str__(self):
        return f"{self.old} → {self.new}"


def normal(address):
    """Return an address as it is looked up: decoded, small letters, no host, no slash at the end.

    Raises `Refused` for what cannot be an address of a page here.
    """
    try:
        parts = urlsplit(clean_line(address))
    except ValueError:
        raise Refused("Địa chỉ này không đọc được. Hãy chép lại cả địa chỉ.") from None
    key = _form(parts)
    if not key.startswith("/") or key.startswith(("//", "/\\")) or "\0" in key:
        raise Refused("Địa chỉ phải bắt đầu bằng đúng một dấu /.")
    if key == "/":
        raise Refused("Trang chủ không chuyển đi nơi khác được.")
    if len(key) > LENGTH:
        raise Refused(f"Địa chỉ dài quá {LENGTH} ký tự.")
    return key


def destination(new):
    """Return an address of this site in the form of `normal()`; raises `Refused` for any other."""
    if not _NEW.fullmatch(new) or len(new) > LENGTH:
        raise Refused("Địa chỉ mới phải là một địa chỉ trên cổng này, bắt đầu bằng dấu /.")
    return _form(urlsplit(new))


@transaction.atomic
def remember(*, old, new, actor=None):
    """Lead readers from the address `old` to the address `new` of this site.

    `old` may hold a query, and may be a whole address of the former portal. What led to `old`
    now leads to `new`, so no reader is sent on twice; a redirect away from `new` goes, since
    something stands there now. Returns the `Redirect`, or None when both are the same address
    (then there is nothing to remember). Raises `Refused`.
    """
    key, here = normal(old), destination(new)
    with connection.cursor() as cursor:
        # One after the other: "a to b" and "b to a" at once would each miss the other's row.
        cursor.execute(
            "/* redirects.remember */ SELECT pg_advisory_xact_lock(hashtext(%s))",
            ["portal.redirects"],
        )
    Redirect.objects.filter(old=here).delete()
    if key == here:
        return None
    leads_here = {"new": new, "new_key": here}
    Redirect.objects.filter(new_key=key).update(**leads_here)
    redirect, _ = Redirect.objects.update_or_create(
        old=key, defaults=leads_here, create_defaults=leads_here | {"created_by": actor}
    )
    return redirect


def target_of(request):
    """Return the address to which the one that `request` asks for has moved; "" if none.

    A redirect with the very query comes first. One of the path alone hands the reader's query
    on: `/tin-tuc/ten-cu/?trang=2` leads to page 2.
    """
    if request.method not in ("GET", "HEAD"):
        return ""
    query = request.META.get("QUERY_STRING", "")
    path = _key(request.path_info, "")
    exact = _key(request.path_info, query)
    found = dict(
        Redirect.objects.filter(
            old__in={key for key in (path, exact) if len(key) <= LENGTH}
        ).values_list("old", "new")
    )
    if exact in found:
        return found[exact]
    target = found.get(path, "")
    # The longest that Django redirects to is 2,048 characters.
    if target and query and "?" not in target and len(query) < 1_000:
        return f"{target}?{query}"
    return target


def _form(parts):
    return _key(unquote(parts.path), parts.query)


def _key(path, query):
    """Return the form of a decoded path and a raw query under which a redirect is kept."""
    path = clean_line(path).lower().rstrip("/") or "/"
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    kept = sorted(
        (name.lower(), value.lower())
        for name, value in pairs
        if not _TRACKING.fullmatch(name.lower())
    )
    return f"{path}?{urlencode(kept)}" if kept else path
