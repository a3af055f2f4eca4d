"""The duties that come with the software, to begin with.

They follow Điều 11 of Luật Thực hiện dân chủ ở cơ sở in words of our own, with last days that
are only proposed: none is shown to readers before an officer has compared it with the law.
"""

import json
from pathlib import Path

from django.db import transaction

from disclosure import workflow
from disclosure.models import Duty
from portal.models import LegalBasis

__all__ = ["load_shipped"]

_FILE = Path(__file__).parent / "data" / "duties.json"


def load_shipped(*, actor=None) -> list[Duty]:
    """Store those of the duties that are not there yet, unreviewed; return them."""
    shipped = json.loads(_FILE.read_text())
    known = set(Duty.objects.values_list("slug", flat=True))
    with transaction.atomic():
        basis, _ = LegalBasis.objects.get_or_create(
            number=shipped["basis"]["number"], defaults=shipped["basis"]
        )
        return [
            workflow.save_duty(
                duty=Duty(
                    provision=shipped["provision"],
                    forms=shipped["forms"],
                    order=order,
                    **facts,
                ),
                bases=[basis],
                actor=actor,
            )
            for order, facts in enumerate(shipped["duties"], start=1)
            if facts["slug"] not in known
        ]
