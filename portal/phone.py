"""Vietnamese telephone numbers as people write them, and as a phone dials them."""

import re

from django.core.exceptions import ValidationError

SEPARATORS = re.compile(r"[\s.\-()]+")
# The database accepts nothing else, whatever way a number comes in.
WRITTEN = r"^\+?[0-9(][0-9(). \-]*$"

# Numbering plan: trunk 0 + geographic 2x (11 digits since 2017), mobile 3/5/7/8/9 and the
# networks of army, police and internet telephony 65/67/69 (10 digits).
NATIONAL = re.compile(r"0(?:2\d{9}|[35789]\d{8}|6[579]\d{7})", re.ASCII)
# Emergency and information numbers, and the 1800/1900 services: dialled as written, without
# the country code, since they exist only inside Viet Nam.
AS_WRITTEN = re.compile(r"1(?:[89]00\d{4,6}|\d{2,4})", re.ASCII)


def tel_uri(number: str) -> str:
    """Return the `tel:` address of a number, or "" if it is none that can be dialled.

    "02373.742.289" gives "tel:+842373742289" (E.164), "1900 1234" gives "tel:19001234".
    """
    digits = SEPARATORS.sub("", number)
    if digits.startswith("+84"):
        digits = "0" + digits.removeprefix("+84").removeprefix("0")
    if NATIONAL.fullmatch(digits):
        return f"tel:+84{digits[1:]}"
    if AS_WRITTEN.fullmatch(digits):
        return f"tel:{digits}"
    return ""


def validate_phone(number: str) -> None:
    """Raise ValidationError, with what to write instead, unless `number` can be dialled."""
    if not re.search(WRITTEN, number, re.ASCII) or not tel_uri(number):
        raise ValidationError(
            "Số này không gọi được. Hãy ghi đúng một số ở Việt Nam, ví dụ 0237.3742.289, "
            "1900 1234 hoặc 113; giờ trực và số máy lẻ ghi ở ô khác.",
            code="invalid_phone",
        )
