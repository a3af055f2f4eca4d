"""What people are told of an import: each problem in words, the whole as text or as JSON.

`WORDING` is the one place where a problem gets its sentences: what is wrong, and what to do.
"""

from collections import Counter
from datetime import date

from procedures.figures import COLUMNS
from procedures.imports.staged import Level
from procedures.models import DossierStatus

__all__ = [
    "KEY_LABELS",
    "LEVELS",
    "WORDING",
    "advice",
    "as_json",
    "as_text",
    "counts",
    "place",
    "wrong",
]

LEVELS = {Level.BLOCKER: "Phải sửa", Level.WARNING: "Cần biết"}

# What a column is taken for, as the mapping names it.
KEY_LABELS = {
    "code": "Mã hồ sơ",
    "procedure_code": "Mã thủ tục",
    "procedure_name": "Tên thủ tục",
    "field_name": "Lĩnh vực",
    "channel": "Cách nộp",
    "received_on": "Ngày nhận",
    "due_on": "Ngày hẹn trả",
    "finished_on": "Ngày trả kết quả",
    "status": "Trạng thái",
} | {column.key: column.full_label for column in COLUMNS}

PRIVATE = "riêng tư"  # why a column was dropped, as `Heading.dropped` says it

# Why a row of a list does not count in the period; the keys of `NotOfPeriod`.
NOT_COUNTED = {
    "not-accepted": "mới đăng ký hoặc không được tiếp nhận",
    "received-later": "nhận sau ngày cuối kỳ",
    "finished-earlier": "đã xong trước ngày đầu kỳ",
}

_CORRECT_AND_REPEAT = "Hãy sửa trong tệp rồi tải lên lại."
_SEE_DOSSIER = "Hãy xem lại hồ sơ trên hệ thống một cửa, sửa trong tệp rồi tải lên lại."
WORDING = {
    # --- About one cell --------------------------------------------------------------
    "date-unclear": (
        "“{value}” không phải ngày viết theo dạng ngày/tháng/năm.",
        "Hãy viết ngày như 05/01/2024 rồi tải lên lại.",
    ),
    "date-impossible": (
        "Không có ngày “{value}” trong lịch.",
        "Hãy viết ngày trước, tháng sau, ví dụ 05/01/2024, rồi tải lên lại.",
    ),
    "date-two-digit-year": (
        "Năm trong “{value}” chỉ có hai chữ số.",
        "Hãy viết năm đủ bốn chữ số, ví dụ 05/01/2024, rồi tải lên lại.",
    ),
    "date-out-of-range": (
        "Ngày “{value}” nằm ngoài các năm từ {first} đến {last}.",
        _SEE_DOSSIER,
    ),
    "code-missing": (
        "Dòng này có dữ liệu nhưng không có mã hồ sơ.",
        "Hãy ghi mã hồ sơ, hoặc xóa dòng nếu không phải hồ sơ, rồi tải lên lại.",
    ),
    "code-malformed": (
        "“{value}” không phải mã hồ sơ.",
        "Hãy ghi đúng mã trên giấy tiếp nhận, ví dụ H56.17.22-250701-0001, rồi tải lên lại.",
    ),
    "procedure-code-malformed": (
        "“{value}” không phải mã thủ tục hành chính.",
        "Hãy ghi mã trong danh mục, ví dụ 1.004616, hoặc để trống nếu đã có tên thủ tục.",
    ),
    "channel-unknown": (
        "“{value}” không phải một cách nộp hồ sơ.",
        "Hãy ghi Trực tiếp, Trực tuyến hoặc Bưu chính công ích rồi tải lên lại.",
    ),
    "status-unknown": (
        "“{value}” không phải một trạng thái hồ sơ.",
        "Hãy ghi trạng thái như trên Cổng Dịch vụ công, ví dụ Đã trả kết quả, rồi tải lên lại.",
    ),
    "name-too-long": (
        "Tên dài hơn {most} chữ.",
        "Hãy ghi tên như trong danh mục rồi tải lên lại.",
    ),
    "name-looks-personal": (
        "Ô này có thể chứa thông tin của một người: số điện thoại, số giấy tờ hoặc thư điện tử.",
        "Hãy chỉ để lại tên thủ tục hoặc lĩnh vực rồi tải lên lại.",
    ),
    "field-missing": (
        "Dòng này có số liệu nhưng không ghi lĩnh vực.",
        "Hãy ghi tên lĩnh vực rồi tải lên lại.",
    ),
    "figure-not-a-number": (
        "“{value}” không phải một số.",
        "Hãy ghi số hồ sơ bằng chữ số, hoặc để trống nếu bằng 0, rồi tải lên lại.",
    ),
    "figure-negative": (
        "“{value}” là số âm.",
        "Số hồ sơ không thể âm. " + _CORRECT_AND_REPEAT,
    ),
    "figure-decimal": (
        "“{value}” có phần lẻ.",
        "Số hồ sơ phải là số nguyên. " + _CORRECT_AND_REPEAT,
    ),
    "figure-too-large": ("“{value}” lớn hơn {most}.", _CORRECT_AND_REPEAT),
    "cell-error": (
        "Ô này báo lỗi của Excel: {value}.",
        "Hãy sửa công thức hoặc ghi thẳng giá trị vào ô rồi tải lên lại.",
    ),
    "formula-not-computed": (
        "Ô này là công thức mà phần mềm ghi tệp không lưu kết quả.",
        "Hãy mở tệp bằng Excel, lưu lại rồi tải lên lại.",
    ),
    # --- About the table ---------------------------------------------------------------
    "column-missing": (
        "Không tìm thấy cột {keys}.",
        "Hãy chọn cột ở bảng đối chiếu cột; nếu tệp không có thì thêm cột đó rồi tải lên lại.",
    ),
    "no-rows": (
        "Dưới hàng tiêu đề không có dòng nào.",
        "Hãy kiểm tra xem có chọn nhầm tệp không.",
    ),
    "dates-swapped": (
        "Cột này có ngày bị Excel hiểu ngược ngày và tháng.",
        "Hãy định dạng cột là Văn bản, ghi lại ngày như 05/01/2024 rồi tải lên lại.",
    ),
    "rows-without-dossier": (
        "Đã bỏ qua {rows} dòng chỉ có một ô chữ, như dòng tên nhóm.",
        "Không cần làm gì, trừ khi đó là hồ sơ.",
    ),
    "column-twice": (
        "Có hơn một cột mang nghĩa {key}: cột này không được đọc, cột {other} được dùng.",
        "Nếu muốn dùng cột này thì chọn lại ở bảng đối chiếu cột.",
    ),
    "hidden-rows": (
        "Trang tính có {count} dòng bị ẩn; các dòng đó vẫn được đọc.",
        "Nếu không muốn tính thì xóa các dòng ẩn rồi tải lên lại.",
    ),
    "other-sheets": (
        "Tệp còn trang tính có bảng giống thế này không được đọc: {names}.",
        "Nếu cần cả những trang đó thì gộp vào một trang rồi tải lên lại.",
    ),
    "more-problems": (
        "Cột này còn {count} ô sai nữa không kể ra ở đây.",
        "Hãy sửa cả cột rồi tải lên lại.",
    ),
    "after-end": (
        "Có {count} dòng dưới dòng tổng cộng hoặc phần chữ ký không được đọc.",
        "Nếu đó là hồ sơ thì chuyển lên trên dòng tổng cộng rồi tải lên lại.",
    ),
    "period-differs": (
        "Tiêu đề của tệp ghi từ ngày {starts_on} đến ngày {ends_on}, khác với kỳ đang nhập.",
        "Hãy kiểm tra xem có chọn nhầm tệp hoặc nhầm kỳ không.",
    ),
    # --- About a dossier ---------------------------------------------------------------
    "received-missing": ("Hồ sơ không có ngày nhận.", _SEE_DOSSIER),
    "procedure-missing": (
        "Hồ sơ không ghi thủ tục nào.",
        "Hãy ghi mã hoặc tên thủ tục rồi tải lên lại.",
    ),
    "procedure-unknown": (
        "Danh mục của xã chưa có thủ tục “{value}” ({rows} dòng).",
        "Hãy chọn thủ tục tương ứng ở bước đối chiếu cột, hoặc thêm vào danh mục rồi xem lại.",
    ),
    "procedure-ambiguous": (
        "Danh mục có nhiều thủ tục mang tên “{value}” ({rows} dòng).",
        "Hãy chọn đúng thủ tục ở bước đối chiếu cột, hoặc ghi mã thủ tục trong tệp.",
    ),
    "code-and-name-differ": (
        "Mã thủ tục và tên “{value}” chỉ hai thủ tục khác nhau trong danh mục ({rows} dòng).",
        "Hãy sửa mã hoặc tên trong tệp rồi tải lên lại.",
    ),
    "field-differs": (
        "Tệp xếp thủ tục {procedure} vào lĩnh vực “{value}”, danh mục xếp vào “{field}” "
        "({rows} dòng). Số liệu được tính theo danh mục.",
        "Nếu danh mục sai thì sửa lĩnh vực của thủ tục trước khi nhập.",
    ),
    "field-differs-private": (
        "Tệp xếp thủ tục {procedure} vào lĩnh vực “{value}”, là lĩnh vực chỉ công khai số tổng, "
        "còn danh mục xếp vào “{field}” ({rows} dòng).",
        "Hãy sửa lĩnh vực trong danh mục hoặc trong tệp cho khớp, để không lộ hồ sơ riêng tư.",
    ),
    "channel-missing": (
        "Tệp không cho biết hồ sơ nộp trực tiếp hay trực tuyến ({rows} dòng).",
        "Hãy chọn cách nộp chung cho các hồ sơ này, hoặc thêm cột cách nộp vào tệp.",
    ),
    "duplicate-same": (
        "Mã hồ sơ “{value}” đã có ở dòng {first} với cùng nội dung; chỉ tính một lần.",
        "Không cần làm gì, trừ khi đây là hai hồ sơ khác nhau.",
    ),
    "duplicate-differs": (
        "Mã hồ sơ “{value}” đã có ở dòng {first} với nội dung khác.",
        "Hãy giữ một dòng đúng rồi tải lên lại.",
    ),
    "finish-day-missing": (
        "Trạng thái cho biết hồ sơ đã xong nhưng không có ngày trả kết quả.",
        _SEE_DOSSIER,
    ),
    "finished-but-open": (
        "Hồ sơ có ngày trả kết quả nhưng trạng thái là “{value}”.",
        _SEE_DOSSIER,
    ),
    "finished-before-received": (
        "Ngày trả kết quả {value} trước ngày nhận hồ sơ.",
        _SEE_DOSSIER,
    ),
    "finished-in-future": ("Ngày trả kết quả {value} còn chưa đến.", _SEE_DOSSIER),
    "due-before-received": ("Ngày hẹn trả {value} trước ngày nhận hồ sơ.", _SEE_DOSSIER),
    "due-day-missing": (
        "Hồ sơ đã trả kết quả nhưng không có ngày hẹn trả, nên không biết đúng hạn hay quá hạn.",
        "Hãy ghi ngày hẹn trên giấy tiếp nhận rồi tải lên lại.",
    ),
    "none-of-period": (
        "Không có hồ sơ nào trong tệp được tính vào kỳ này.",
        "Hãy kiểm tra xem có chọn nhầm tệp hoặc nhầm kỳ không. Nếu đúng là kỳ này không có hồ sơ "
        "thì không cần tệp: hãy bấm “Không phát sinh hồ sơ” ở bảng số liệu của kỳ.",
    ),
    "received-later": (
        "Hồ sơ nhận ngày {value}, sau ngày cuối kỳ, nên không tính.",
        "Không cần làm gì; hồ sơ này thuộc kỳ sau.",
    ),
    "finished-earlier": (
        "Hồ sơ xong ngày {value}, trước ngày đầu kỳ, nên không tính.",
        "Không cần làm gì; hồ sơ này thuộc kỳ trước.",
    ),
    # --- About a row of the form -------------------------------------------------------
    "field-unknown": (
        "Chưa có lĩnh vực “{value}”.",
        "Hãy chọn lĩnh vực tương ứng ở bước đối chiếu cột, hoặc thêm lĩnh vực rồi xem lại.",
    ),
    "field-twice": (
        "Lĩnh vực “{value}” đã có ở dòng {first}.",
        "Mỗi lĩnh vực chỉ có một dòng. Hãy gộp hai dòng rồi tải lên lại.",
    ),
    "sum-broken": (
        "Cột {column} ghi {value} nhưng {parts} = {sum}.",
        "Hãy sửa các số của dòng này cho khớp rồi tải lên lại.",
    ),
    "not-balanced": (
        "Cột 3 (4 + 5 + 6) là {value} nhưng cột 7 + cột 11 = {resolved} + {pending} = {sum}.",
        "Số nhận phải bằng số đã giải quyết cộng số đang giải quyết. Hãy sửa rồi tải lên lại.",
    ),
    "total-differs": (
        "Dòng tổng cộng ghi {value} ở cột {column} nhưng các dòng cộng lại là {sum}.",
        "Hãy tìm dòng sai hoặc sửa dòng tổng cộng rồi tải lên lại.",
    ),
}


def wrong(problem):
    """Return the sentence that says what is wrong."""
    return WORDING[problem.code][0].format(**_words(problem))


def advice(problem):
    """Return the sentence that says what to do."""
    return WORDING[problem.code][1].format(**_words(problem))


def place(problem):
    """Return where the problem stands: "Trang “Sheet1”, dòng 12, cột D (Ngày nhận)"."""
    parts = []
    if problem.sheet:
        parts.append(f"trang “{problem.sheet}”")
    if problem.row:
        parts.append(f"dòng {problem.row}")
    if problem.column:
        heading = f" ({problem.heading})" if problem.heading else ""
        parts.append(f"cột {problem.column}{heading}")
    words = ", ".join(parts) or "cả tệp"
    return words[0].upper() + words[1:]


def _words(problem):
    """Return what the sentences of a problem are filled with."""
    words = {"value": problem.value} | dict(problem.params)
    if "keys" in words:
        words["keys"] = " hoặc ".join(f"“{KEY_LABELS[key]}”" for key in words["keys"])
    if "key" in words:
        words["key"] = f"“{KEY_LABELS[words['key']]}”"
    if "names" in words:
        words["names"] = ", ".join(f"“{name}”" for name in words["names"])
    for name in ("starts_on", "ends_on"):
        if name in words:
            words[name] = f"{date.fromisoformat(words[name]):%d/%m/%Y}"
    return words


def counts(interpreted):
    """Return what the site keeps of an import: counts and codes, never the value of a cell."""
    dropped = Counter(each.dropped for each in interpreted.staged.headings if each.dropped)
    problems = Counter((each.level, each.code) for each in interpreted.problems)
    return {
        "rows_read": interpreted.rows_read,
        "rows_counted": interpreted.rows_counted,
        "rows_stored": len(interpreted.records),
        "by_status": {
            str(status): n for status, n in sorted(interpreted.by_status.items())
        },
        "not_counted": dict(interpreted.not_counted),
        "columns_dropped": dict(dropped),
        "problems": [
            {"level": level, "code": code, "count": count}
            for (level, code), count in sorted(problems.items())
        ],
        "fields": [
            {"field": row.field.name}
            | {column.key: figure for column, figure in row.figures.by_column()}
            for row in interpreted.rows
        ],
    }


def as_json(interpreted):
    """Return the whole report as what JSON can hold, for the person who runs the import."""
    return counts(interpreted) | {
        "problems": [
            {
                "level": each.level,
                "code": each.code,
                "sheet": each.sheet,
                "row": each.row,
                "column": each.column,
                "value": each.value,
                "wrong": wrong(each),
                "advice": advice(each),
            }
            for each in interpreted.problems
        ]
    }


def as_text(interpreted):
    """Return the whole report as lines of text."""
    staged = interpreted.staged
    lines = [
        f"Đã đọc {interpreted.rows_read} dòng của trang “{staged.sheet}”; "
        f"tính {interpreted.rows_counted} hồ sơ."
    ]
    private = [
        each.text or each.letter for each in staged.headings if each.dropped == PRIVATE
    ]
    if private:
        lines.append(f"Đã bỏ các cột riêng tư, không lưu: {', '.join(private)}.")
    lines += [
        f"Không tính {count} hồ sơ {NOT_COUNTED[reason]}."
        for reason, count in sorted(interpreted.not_counted.items())
    ]
    lines += [
        f"  {DossierStatus(status).label}: {count}"
        for status, count in sorted(interpreted.by_status.items())
    ]
    lines += [
        f"  {row.field}: nhận {row.figures.received}, đã giải quyết {row.figures.resolved} "
        f"(quá hạn {row.figures.resolved_late}), đang giải quyết {row.figures.pending} "
        f"(quá hạn {row.figures.pending_overdue})"
        for row in interpreted.rows
    ]
    lines += [
        f"[{LEVELS[each.level]}] {place(each)}: {wrong(each)} {advice(each)}"
        for each in sorted(interpreted.problems, key=lambda each: each.level)
    ]
    return "\n".join(lines)
