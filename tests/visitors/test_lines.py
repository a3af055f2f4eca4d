"""The lines of a spool: what goes in comes out, and nothing that comes in does harm."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitors.counting import Hit
from visitors.lines import decode, encode

VIEW = Hit(
    at=1_741_136_400,
    key=bytes(range(16)),
    path="/tin-tuc/\t\n/",
    kind="article",
    object_id="12",
    title='Lịch "tiếp dân"',
    referrer="google.com",
    device="phone",
    browser="Cốc Cốc",
    missed="hộ chiếu",
)


@pytest.mark.parametrize(
    "hit",
    [
        VIEW,
        Hit(at=1_741_136_400, reason="unwritten", requests=17),
        Hit(at=1_741_136_400, path="/tep/1/", kind="file", is_download=True),
    ],
)
def test_a_line_gives_back_what_went_in(hit):
    line = encode(hit)
    assert line.count(b"\n") == 1
    assert decode(line) == hit


def test_a_line_of_the_version_before_is_understood():
    line = b'[1741136400,"%s","/a/","article","12","A","",1]' % (b"0b" * 16)
    assert decode(line) == Hit(
        at=1_741_136_400,
        key=b"\x0b" * 16,
        path="/a/",
        kind="article",
        object_id="12",
        title="A",
    )


def test_a_line_of_a_later_version_is_understood():
    fields = json.loads(encode(VIEW))
    assert decode(json.dumps([*fields, "more", 7]).encode()) == VIEW


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"[1,",
        b"{}",
        b"null",
        b"[]",
        b"7",
        b'["x","","","","","","",1]',
        b'[99999999999999999,"","","","","","",1]',
        b'[-1,"","","","","","",1]',
        b'[NaN,"","","","","","",1]',
        b'[Infinity,"","","","","","",1]',
        b'[1,"zz","","","","","",1]',
        b'[1,"0b0b","","","","","",1]',
        b'[1,"",2,"","","","",1]',
        b'[1,"","","","","","",0]',
        b'[1,"","","","","","",-1]',
        b'[1,"","","","","","",1e30]',
        b'[1,"","","","","","",1,null]',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_torn_or_senseless_line_is_none(line):
    assert decode(line) is None


def test_a_line_holds_nothing_that_postgres_cannot_store():
    long = "/\0\ud800" + "x" * 9000
    hit = decode(
        encode(Hit(at=1, path=long, title=long, referrer=long, device=long, missed=long))
    )
    lengths = (hit.path, hit.title, hit.referrer, hit.device, hit.missed)
    assert [len(text) for text in lengths] == [500, 200, 100, 20, 60]
    assert "\0" not in hit.path
    hit.path.encode()


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=15) | st.dictionaries(st.text(), inner),
)


@given(st.binary() | _json.map(lambda value: json.dumps(value).encode()))
def test_no_line_whatever_makes_reading_fail(line):
    assert decode(line) is None or isinstance(decode(line), Hit)
