"""What changed between two versions of a text."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles import comparison
from articles.blocks import read
from articles.comparison import BlockChange, Comparison, Kind, Run, compare, compare_lines
from portal.richtext import clean

SAME, ADDED, REMOVED, CHANGED = Kind.SAME, Kind.ADDED, Kind.REMOVED, Kind.CHANGED


def _blocks(old, new):
    return compare(clean(old), clean(new)).blocks


def _runs(old, new):
    [block] = _blocks(old, new)
    assert block.kind == CHANGED
    return list(block.runs)


def test_words_that_went_and_came_are_told_from_those_that_stayed():
    assert _runs(
        "<p>Họp lúc 8 giờ tại thôn Kiệm.</p>", "<p>Họp lúc 9 giờ tại thôn Kiệm.</p>"
    ) == [
        Run(SAME, "Họp lúc"),
        Run(REMOVED, "8"),
        Run(ADDED, "9"),
        Run(SAME, "giờ tại thôn Kiệm."),
    ]


def test_equal_texts_have_no_changes():
    html = "<h2>Một</h2><p>a b</p><table><tr><td>c</td></tr></table>"
    found = compare(clean(html), clean(html))
    assert not found.has_changes
    assert {block.kind for block in found.blocks} == {SAME}


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("<p>a</p><p>b</p>", "<p>a</p><p>x</p><p>b</p>", [SAME, ADDED, SAME]),
        ("<p>a</p><p>x</p><p>b</p>", "<p>a</p><p>b</p>", [SAME, REMOVED, SAME]),
        ("<p>một</p><p>hai</p>", "<p>hai</p><p>một</p>", [REMOVED, SAME, ADDED]),
        ("", "<p>a</p>", [ADDED]),
        ("<p>a b c d</p>", "<p>x y z t</p>", [REMOVED, ADDED]),
        ("<p>a</p>", "<p>a</p><hr>", [SAME, ADDED]),
    ],
)
def test_blocks_come_go_and_move(old, new, kinds):
    assert [block.kind for block in _blocks(old, new)] == kinds


@pytest.mark.parametrize(
    ("old", "new", "label"),
    [
        ("<h2>Họp thôn Kiệm</h2>", "<h2>Họp thôn Cần</h2>", "Mục lớn"),
        (
            "<ul><li>Họp thôn Kiệm</li></ul>",
            "<ul><li>Họp thôn Cần</li></ul>",
            "Gạch đầu dòng",
        ),
        (
            "<table><tr><td>8 giờ</td><td>thôn Kiệm</td></tr></table>",
            "<table><tr><td>8 giờ</td><td>thôn Cần</td></tr></table>",
            "Hàng của bảng",
        ),
    ],
)
def test_headings_items_and_rows_are_compared_word_by_word(old, new, label):
    [block] = _blocks(old, new)
    assert block.label == label
    assert [run.text for run in block.runs if run.kind == REMOVED] == ["Kiệm"]
    assert [run.text for run in block.runs if run.kind == ADDED] == ["Cần"]


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        ("<p>a b c</p>", "<p>a <strong>b</strong> c</p>", "nay in đậm"),
        ("<p>a <em>b</em> c</p>", "<p>a b c</p>", "thôi in nghiêng"),
        ("<p>a b c</p>", '<p>a <a href="/x">b</a> c</p>', "nay có liên kết tới /x"),
        (
            '<p>a <a href="/x">b</a> c</p>',
            '<p>a <a href="/y">b</a> c</p>',
            "nay có liên kết tới /y; bỏ liên kết tới /x",
        ),
        (
            "<p>a <strong>b</strong>b c</p>",
            "<p>a b<strong>b</strong> c</p>",
            "đổi kiểu chữ ở một phần của từ",
        ),
    ],
)
def test_words_that_look_otherwise_say_so(old, new, note):
    runs = _runs(old, new)
    assert {run.kind for run in runs} == {SAME}
    assert [run.note for run in runs] == ["", note, ""]


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        ("<p>Việc cần làm</p>", "<h2>Việc cần làm</h2>", "Trước đây là: đoạn văn."),
        ("<ul><li>Một</li></ul>", "<ol><li>Một</li></ol>", "Trước đây là: gạch đầu dòng."),
        ("<p>a</p>", '<p class="align-center">a</p>', "Đổi cách trình bày"),
        (
            "<table><tr><td>a</td><td>b</td></tr></table>",
            '<table><tr><td colspan="2">a</td><td>b</td></tr></table>',
            "Đổi cách trình bày",
        ),
    ],
)
def test_blocks_that_are_set_otherwise_say_so(old, new, note):
    [block] = _blocks(old, new)
    assert block.kind == CHANGED
    assert note in block.notes[0]


def test_pictures_come_go_and_change_their_words():
    picture = '<p>Ảnh <img src="/media/{}.jpg" alt="{}"{}></p>'
    assert _runs(picture.format("a", "Cờ", ""), picture.format("b", "Cờ", "")) == [
        Run(SAME, "Ảnh"),
        Run(REMOVED, "[Ảnh: Cờ]"),
        Run(ADDED, "[Ảnh: Cờ]"),
    ]
    assert _runs(picture.format("a", "", ""), picture.format("a", "Cờ", "")) == [
        Run(SAME, "Ảnh"),
        Run(SAME, "[Ảnh: Cờ]", "mô tả ảnh trước đây: để trống"),
    ]
    assert _runs(
        picture.format("a", "Cờ", ""), picture.format("a", "Cờ", ' width="9"')
    ) == [
        Run(SAME, "Ảnh"),
        Run(SAME, "[Ảnh: Cờ]", "ảnh đổi cỡ hoặc vị trí"),
    ]


def test_lines_are_compared_by_words_unless_they_have_little_in_common():
    assert compare_lines("Lịch họp thôn Kiệm", "Lịch họp thôn Cần") == (
        Run(SAME, "Lịch họp thôn"),
        Run(REMOVED, "Kiệm"),
        Run(ADDED, "Cần"),
    )
    assert compare_lines("Lịch họp", "Tin khác hẳn") == (
        Run(REMOVED, "Lịch họp"),
        Run(ADDED, "Tin khác hẳn"),
    )
    assert compare_lines("", "") == ()
    assert compare_lines("", "a") == (Run(ADDED, "a"),)


# --- Properties -----------------------------------------------------------------------------

WORDS = st.sampled_from(
    ["bà", "con", "họp", "thôn", "<strong>tối</strong>", "nay", "mai<br>"]
)
BLOCKS = st.builds(
    lambda tag, words: f"<{tag}>{' '.join(words)}</{tag}>",
    st.sampled_from(["p", "h2", "h3", "blockquote"]),
    st.lists(WORDS, min_size=1, max_size=12),
)
TEXTS = st.lists(BLOCKS, max_size=10).map("".join).map(clean)


def _words(found, *kinds):
    runs = (run for block in found.blocks for run in block.runs)
    return [word for run in runs if run.kind in kinds for word in run.text.split()]


def _read(html):
    texts = [
        " ".join(str(getattr(part, "text", None) or part.value) for part in block.parts)
        for block in read(html)
    ]
    return " ".join(texts).split()


@given(TEXTS, TEXTS)
def test_what_stayed_and_came_is_the_new_text_what_stayed_and_went_the_old(old, new):
    found = compare(old, new)
    assert _words(found, SAME, ADDED) == _read(new)
    assert _words(found, SAME, REMOVED) == _read(old)
    assert found.has_changes == (read(old) != read(new))


@given(TEXTS, TEXTS)
def test_the_same_holds_when_the_steps_run_out(old, new):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparison, "_STEPS", 6)
        found = compare(old, new)
    assert _words(found, SAME, ADDED) == _read(new)
    assert _words(found, SAME, REMOVED) == _read(old)


LINES = st.lists(st.sampled_from("abcd"), max_size=12).map(" ".join)


@given(LINES, LINES)
def test_the_same_holds_for_lines(old, new):
    def words(*kinds):
        return [
            w for r in compare_lines(old, new) if r.kind in kinds for w in r.text.split()
        ]

    assert words(SAME, ADDED) == new.split()
    assert words(SAME, REMOVED) == old.split()


@given(TEXTS, TEXTS)
def test_neighbouring_runs_differ_so_that_none_is_cut_needlessly(old, new):
    for block in compare(old, new).blocks:
        for first, second in pairwise(block.runs):
            assert (first.kind, first.note) != (second.kind, second.note)


# --- Bounds -----------------------------------------------------------------------------------


def test_a_block_that_takes_too_long_is_shown_whole_and_says_so(monkeypatch):
    monkeypatch.setattr(comparison, "_STEPS", 50)
    words = [f"từ{n}" for n in range(60)]
    [block] = _blocks(f"<p>{' '.join(words)}</p>", f"<p>{' '.join(reversed(words))}</p>")
    assert [run.kind for run in block.runs] == [REMOVED, ADDED]
    assert "quá dài" in block.notes[0]


def test_a_search_takes_no_more_steps_than_it_has(monkeypatch):
    """Every step is counted, so time is bounded whatever the texts are."""
    rng = random.Random(7)  # noqa: S311
    old, new = ([rng.choice("abcdefgh") for _ in range(400)] for _ in range(2))
    monkeypatch.setattr(comparison, "_STEPS", 1_000)
    search = comparison._Search()
    steps = search.steps(old, new)
    assert search.has_given_up
    # A round may finish its snakes: at most one length of the text beyond.
    assert -len(old) <= search.left < 0
    assert sum(before.stop - before.start for _, before, _ in steps) == len(old)


# --- What is folded ---------------------------------------------------------------------------


def test_long_unchanged_stretches_are_folded_away_from_changes():
    same = [BlockChange("Đoạn văn", SAME, (Run(SAME, str(n)),)) for n in range(12)]
    changed = BlockChange("Đoạn văn", ADDED, (Run(ADDED, "mới"),))
    found = Comparison((*same[:6], changed, *same[6:8], changed, *same[8:]))
    assert [(len(s.blocks), s.is_folded) for s in found.stretches] == [
        (5, True),
        (6, False),
        (3, True),
    ]
