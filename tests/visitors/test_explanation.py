import pytest

from visitors import counting, explanation, rollups
from visitors.explanation import FILE, Block, parse
from visitors.models import VisitSettings

TEXT = """# Tên

Lời nói đầu không hiện.

<!-- Ghi chú cho người sửa,
hai dòng. -->

## Phần một

Một câu **quan trọng** có `mã`
trên hai dòng.

- mục thứ nhất
  nối tiếp
- mục thứ hai

    bước một

    bước hai
        nhỏ hơn

### Tiểu mục

| A | B |
|---|---|
| một | `hai` |

## Phần hai
"""


def text(words):
    return (("text", words),)


def test_the_forms_of_a_document():
    first, second = parse(TEXT)
    assert (first.title, first.slug) == ("Phần một", "phan-mot")
    assert first.blocks == (
        Block(
            "paragraph",
            line=(
                ("text", "Một câu "),
                ("strong", "quan trọng"),
                ("text", " có "),
                ("code", "mã"),
                ("text", " trên hai dòng."),
            ),
        ),
        Block("list", lines=(text("mục thứ nhất nối tiếp"), text("mục thứ hai"))),
        Block("steps", steps=((0, "bước một"), (0, ""), (0, "bước hai"), (1, "nhỏ hơn"))),
        Block("heading", line=text("Tiểu mục")),
        Block(
            "table",
            head=(text("A"), text("B")),
            rows=((text("một"), (("code", "hai"),)),),
        ),
    )
    assert (second.title, second.blocks) == ("Phần hai", ())


@pytest.mark.parametrize("words", ["a * b ` c", "<b>", "**", "`"])
def test_what_is_no_form_stays_as_it_is(words):
    (section,) = parse(f"## X\n\n{words}\n")
    assert "".join(piece for _, piece in section.blocks[0].line) == words


def test_no_form_of_the_document_is_left_unread():
    shown = [
        piece
        for section in explanation.sections()
        for block in section.blocks
        for line in (
            block.line,
            *block.lines,
            *block.head,
            *(cell for row in block.rows for cell in row),
        )
        for kind, piece in line
        if kind == "text"
    ]
    assert len(shown) > 50
    assert [piece for piece in shown if set(piece) & set("`*|<#[")] == []


def test_steps_are_as_deep_as_the_page_can_show():
    depths = {
        depth
        for section in explanation.sections()
        for block in section.blocks
        for depth, _ in block.steps
    }
    assert depths == {0, 1}


def test_every_section_has_an_anchor_of_its_own():
    anchors = [section.slug for section in explanation.sections()]
    assert len(anchors) == len(set(anchors)) > 5
    assert "cach-tinh" not in anchors, "the summary page has one of this name"


def test_the_numbers_of_the_document_are_those_of_the_program():
    text = " ".join(FILE.read_text(encoding="utf-8").split())
    kept = VisitSettings()
    for told in (
        f"không lượt nào cách lượt trước từ {counting.VISIT_GAP // 60} phút trở lên",
        f"trong {counting.ONLINE_FOR // 60} phút qua",
        f"chậm nhất {counting.CLOSES_AT_LATEST.total_seconds() / 3600:.0f} giờ sau khi ngày",
        f"| Số lượt xem của từng phút | {rollups.MINUTES_KEPT // 60} giờ |",
        f"| {kept.daily_detail_months} tháng, hoặc như đơn vị quy định |",
        f"| Chi tiết theo tháng | {kept.monthly_detail_years} năm, hoặc như đơn vị",
        f"nhiều nhất {rollups.MOST_NAMES} nơi dẫn tới",
    ):
        assert told in text, told
    assert rollups.OTHER in text
