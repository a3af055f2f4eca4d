"""Who may sign in to the admin."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A member of staff; the name is written the Vietnamese way, family name first."""

    class Meta(AbstractUser.Meta):
        verbose_name = "tài khoản"
        verbose_name_plural = "tài khoản"

    def get_full_name(self):
        """Return family name, then given name: "Lê Thị Hoa"."""
        return f"{self.last_name} {self.first_name}".strip()


def name_of(person):
    """Return what a member of staff is called, the account's name without one; None is the system."""
    if person is None:
        return "Hệ thống"
    return person.get_full_name() or person.get_username()
