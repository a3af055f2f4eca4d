"""How the site says no: to a change that staff asked for, or to a request as a whole."""

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpResponse
from django.template.loader import render_to_string

__all__ = ["Refused", "refusal", "refuse_invalid", "require", "too_many", "wait_phrase"]


class Refused(Exception):
    """The change was not made; `reasons` are whole Vietnamese sentences."""

    def __init__(self, *reasons):
        super().__init__(" ".join(reasons))
        self.reasons = reasons


def require(actor, permission, sentence):
    """Raise `Refused` with `sentence` unless `actor` has the permission; None is the system."""
    if actor is not None and not actor.has_perm(permission):
        raise Refused(sentence)


def refuse_invalid(target):
    """Raise `Refused` with a sentence for each thing that is wrong with a row, if any."""
    try:
        target.full_clean()
    except ValidationError as error:
        sentences = []
        for name, said in error.message_dict.items():
            label = "" if name == NON_FIELD_ERRORS else f"{_label(target, name)}: "
            sentences += [f"{label}{sentence}" for sentence in said]
        raise Refused(*sentences) from None


def _label(target, name):
    return str(target._meta.get_field(name).verbose_name).capitalize()


def refusal(*, status, title, advice):
    """Return a page of `status` that needs no database: a title and what to do."""
    html = render_to_string("refused.html", {"title": title, "advice": advice})
    response = HttpResponse(html, status=status)
    response["Cache-Control"] = "no-store"
    return response


def too_many(*, retry_after):
    """Return the page for 429 with `Retry-After` (seconds)."""
    response = refusal(
        status=429,
        title="Bạn gửi hoặc tải hơi nhanh",
        advice=(
            "Cổng vừa nhận nhiều lượt gửi hoặc tải tệp liên tiếp từ nơi bạn truy cập. "
            f"Mời bạn thử lại sau {wait_phrase(retry_after)}."
        ),
    )
    response["Retry-After"] = str(retry_after)
    return response


def wait_phrase(seconds):
    """Return a waiting time in words, rounded up: "40 giây", "15 phút", "2 giờ"."""
    if seconds <= 60:
        return f"{seconds} giây"
    minutes = -(-seconds // 60)
    return f"{minutes} phút" if minutes <= 90 else f"{-(-minutes // 60)} giờ"
