"""The catalogue of a site that shows how it looks when filled.

The procedures are real. Papers, steps and times in words are given only where the law that
stands beside them says so plainly; everything else of a procedure stays as its source has it.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from portal.models import LegalBasis
from procedures import catalogue, catalogue_update
from procedures.catalogue_facts import Parts, prefetched
from procedures.models import (
    Procedure,
    ProcedureChannel,
    ProcedureStep,
    RequiredPaper,
)

__all__ = ["load_demo_catalogue"]

_GOVERNMENT, _ASSEMBLY, _FINANCE = "Chính phủ", "Quốc hội", "Bộ Tài chính"
_CIVIL_STATUS = "60/2014/QH13"
_CIVIL_STATUS_DECREE = "123/2015/NĐ-CP"
_CERTIFICATION = "23/2015/NĐ-CP"
_RESIDENCE = "68/2020/QH14"
_RESIDENCE_FEES = "75/2022/TT-BTC"
_LEGAL_BASES = {
    _CIVIL_STATUS: ("Luật Hộ tịch", _ASSEMBLY, date(2014, 11, 20)),
    _CIVIL_STATUS_DECREE: (
        "Quy định chi tiết một số điều và biện pháp thi hành Luật Hộ tịch",
        _GOVERNMENT,
        date(2015, 11, 15),
    ),
    _CERTIFICATION: (
        "Về cấp bản sao từ sổ gốc, chứng thực bản sao từ bản chính, chứng thực chữ ký và chứng "
        "thực hợp đồng, giao dịch",
        _GOVERNMENT,
        date(2015, 2, 16),
    ),
    _RESIDENCE: ("Luật Cư trú", _ASSEMBLY, date(2020, 11, 13)),
    _RESIDENCE_FEES: (
        "Quy định mức thu, chế độ thu, nộp và quản lý lệ phí đăng ký cư trú",
        _FINANCE,
        date(2022, 12, 22),
    ),
}

# Luật Hộ tịch, Điều 5 khoản 4.
_SAME_DAY = (
    "Trong ngày; nhận hồ sơ sau 15 giờ mà không giải quyết được ngay thì trả kết quả trong ngày "
    "làm việc tiếp theo."
)
# Nghị định 23/2015/NĐ-CP, Điều 7.
_CERTIFIED_SAME_DAY = (
    "Trong ngày tiếp nhận; tiếp nhận sau 15 giờ thì trong ngày làm việc tiếp theo."
)


@dataclass(frozen=True)
class _Confirmed:
    """What an officer adds to an entry before confirming it; a paper is (name, case, originals)."""

    bases: tuple[str, ...] = ()
    time_note: str = ""
    result: str = ""
    papers: tuple[tuple[str, str, int | None], ...] = ()
    steps: tuple[str, ...] = ()


_CONFIRMED = {
    "1.001193": _Confirmed(  # Luật Hộ tịch, Điều 16
        bases=(_CIVIL_STATUS, _CIVIL_STATUS_DECREE),
        time_note=_SAME_DAY,
        result="Giấy khai sinh",
        papers=(
            ("Tờ khai đăng ký khai sinh theo mẫu", "", 1),
            ("Giấy chứng sinh", "Có Giấy chứng sinh", 1),
            (
                "Văn bản của người làm chứng xác nhận về việc sinh",
                "Không có Giấy chứng sinh",
                1,
            ),
            (
                "Giấy cam đoan về việc sinh",
                "Không có Giấy chứng sinh và không có người làm chứng",
                1,
            ),
        ),
        steps=(
            "Nộp tờ khai và giấy tờ tại nơi tiếp nhận.",
            "Công chức tư pháp – hộ tịch kiểm tra, nếu thông tin đầy đủ và phù hợp thì ghi vào "
            "Sổ hộ tịch; người đi đăng ký ký tên vào Sổ.",
            "Nhận Giấy khai sinh.",
        ),
    ),
    "1.000656": _Confirmed(  # Điều 34
        bases=(_CIVIL_STATUS, _CIVIL_STATUS_DECREE),
        time_note=_SAME_DAY,
        result="Trích lục khai tử",
        papers=(
            ("Tờ khai đăng ký khai tử theo mẫu", "", 1),
            ("Giấy báo tử hoặc giấy tờ thay Giấy báo tử", "", 1),
        ),
    ),
    "1.000894": _Confirmed(  # Điều 18
        bases=(_CIVIL_STATUS, _CIVIL_STATUS_DECREE),
        time_note="Trong ngày; cần xác minh điều kiện kết hôn thì không quá 05 ngày làm việc.",
        result="Giấy chứng nhận kết hôn",
        papers=(("Tờ khai đăng ký kết hôn theo mẫu", "", 1),),
        steps=(
            "Hai bên nam, nữ cùng có mặt và nộp tờ khai.",
            "Nếu đủ điều kiện kết hôn, công chức tư pháp – hộ tịch ghi vào Sổ hộ tịch; hai bên "
            "cùng ký tên vào Sổ và Giấy chứng nhận kết hôn.",
            "Nhận Giấy chứng nhận kết hôn.",
        ),
    ),
    "2.000635": _Confirmed(  # Điều 64
        bases=(_CIVIL_STATUS, _CIVIL_STATUS_DECREE),
        result="Bản sao trích lục hộ tịch",
        papers=(("Tờ khai cấp bản sao trích lục hộ tịch theo mẫu", "", 1),),
    ),
    "2.000815": _Confirmed(  # Nghị định 23/2015/NĐ-CP, Điều 7 và Điều 20
        bases=(_CERTIFICATION,),
        time_note=_CERTIFIED_SAME_DAY,
        result="Bản sao được chứng thực từ bản chính",
        papers=(
            ("Bản chính giấy tờ, văn bản làm cơ sở để chứng thực bản sao", "", 1),
            ("Bản sao cần chứng thực", "Đã có bản chụp sẵn", None),
        ),
        steps=(
            "Xuất trình bản chính, kèm bản sao cần chứng thực nếu đã có.",
            "Người tiếp nhận kiểm tra bản chính, đối chiếu với bản sao; nếu đúng thì ghi lời "
            "chứng, ký và đóng dấu.",
            "Nhận bản sao được chứng thực.",
        ),
    ),
    "2.000884": _Confirmed(  # Điều 7 và Điều 24
        bases=(_CERTIFICATION,),
        time_note=_CERTIFIED_SAME_DAY,
        result="Giấy tờ, văn bản được chứng thực chữ ký",
        papers=(
            (
                "Giấy tờ tùy thân còn giá trị sử dụng: bản chính hoặc bản sao có chứng thực",
                "",
                None,
            ),
            ("Giấy tờ, văn bản mà mình sẽ ký", "", None),
        ),
    ),
    "1.004222": _Confirmed(bases=(_RESIDENCE, _RESIDENCE_FEES)),
    "1.004194": _Confirmed(bases=(_RESIDENCE, _RESIDENCE_FEES)),
    "1.010038": _Confirmed(bases=(_RESIDENCE, _RESIDENCE_FEES)),
    "1.013978": _Confirmed(),
    "1.013225": _Confirmed(),
    "1.004837": _Confirmed(bases=(_CIVIL_STATUS,)),
    "2.000908": _Confirmed(bases=(_CERTIFICATION,)),
}


@transaction.atomic
def load_demo_catalogue(*, clerk):
    """Load the procedures that come with the software and confirm a dozen as `clerk`."""
    made = catalogue_update.load_shipped(actor=clerk)
    if not made:
        return made
    bases = {
        number: LegalBasis.objects.create(
            number=number, title=title, issuer=issuer, issued_on=issued_on
        )
        for number, (title, issuer, issued_on) in _LEGAL_BASES.items()
    }
    chosen = prefetched(Procedure.objects).filter(code__in=_CONFIRMED)
    for procedure in chosen:
        confirmed = _CONFIRMED[procedure.code]
        procedure.result = confirmed.result
        catalogue.save_procedure(
            procedure=procedure,
            actor=clerk,
            parts=Parts(
                channels=_with_note(procedure.channels.all(), confirmed.time_note),
                papers=[
                    RequiredPaper(name=name, case=case, originals=originals)
                    for name, case, originals in confirmed.papers
                ],
                steps=[ProcedureStep(text=text) for text in confirmed.steps],
                legal_bases=[bases[number] for number in confirmed.bases],
            ),
        )
        catalogue.review_procedure(procedure=procedure, actor=clerk)
    return made


def _with_note(channels, time_note):
    return [
        ProcedureChannel(
            channel=each.channel,
            amount=each.amount,
            unit=each.unit,
            time_note=time_note or each.time_note,
            fee=each.fee,
            fee_note=each.fee_note,
        )
        for each in channels
    ]
