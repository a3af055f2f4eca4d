"""Mail to members of staff: written in the transaction of the step, sent in the background.

A mail server that is away delays a mail and nothing else. A mail names the matter, what is
asked and where; of people it holds no more than the names of staff.
"""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

from portal.accounts import User
from portal.jobs import enqueue, job
from portal.read_only import retired_on
from portal.text import clean_line

__all__ = ["post", "who_may"]

_ATTEMPTS = 30  # the waits between them grow to an hour: about a day
_TITLE = 80  # characters of a title in a subject line


def who_may(permission):
    """Return the members of staff with an address who hold `permission` ("app.codename")."""
    staff = User.objects.with_perm(
        permission, backend="django.contrib.auth.backends.ModelBackend"
    )
    return staff.filter(is_staff=True).exclude(email="").order_by("pk")


def post(user, *, matter, title, template, path, **words):
    """Leave a mail to `user` about `title`; the template gets `url`, all else and `words`.

    `path` is the address on this site where the matter is dealt with. A site that takes no
    changes any more asks nobody for anything.
    """
    if retired_on():
        return
    title = clean_line(title)
    context = words | {"matter": matter, "title": title, "url": settings.SITE_URL + path}
    body = render_to_string(template, context)
    enqueue(_send, user.pk, f"{matter}: {title[:_TITLE]}", body)


@job(attempts=_ATTEMPTS)
def _send(user_pk, subject, body):
    """Send one mail; asked for one person at a time, so that a retry repeats no other's."""
    user = User.objects.filter(pk=user_pk, is_active=True).exclude(email="").first()
    if user is not None:
        send_mail(subject, body, None, [user.email])
