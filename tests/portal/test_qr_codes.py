import re

import segno

from portal.qr_codes import QUIET, qr_code

ADDRESS = "https://dongthanh.example.vn/tin-tuc/bai/-12/"


def drawn(code):
    """Return the modules that the path strokes, as a set of (row, column)."""
    return {
        (int(y), int(x) + step)
        for x, y, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", code.path)
        for step in range(int(length))
    }


def test_the_path_draws_exactly_the_dark_modules():
    code = qr_code(ADDRESS)
    matrix = list(
        segno.make_qr(ADDRESS, error="m", boost_error=False).matrix_iter(border=QUIET)
    )
    dark = {
        (y, x) for y, row in enumerate(matrix) for x, module in enumerate(row) if module
    }
    assert drawn(code) == dark
    assert code.size == len(matrix)


def test_a_quiet_zone_surrounds_the_code():
    code = qr_code(ADDRESS)
    inside = range(QUIET, code.size - QUIET)
    assert all(y in inside and x in inside for y, x in drawn(code))


def test_the_longest_address_has_a_code():
    assert qr_code("https://a.example.vn/" + "a" * 300).size < 90
