"""The guides lead where they say, and show their pictures to those who cannot see them."""

import re
from pathlib import Path

import pytest
from django.conf import settings

BASE_DIR = Path(settings.BASE_DIR)
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
PAGES = [
    *BASE_DIR.glob("*.md"),
    *BASE_DIR.glob("docs/*.md"),
    *BASE_DIR.glob("docs/huong-dan/*.md"),
]


def _anchors(page):
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each).lower().replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(BASE_DIR)))
def test_the_links_of_a_page_lead_somewhere(page):
    lost = []
    for _, _, target in LINK.findall(page.read_text()):
        name, _, anchor = target.partition("#")
        if "://" in name:
            continue
        file = page.parent / name if name else page
        if not file.exists() or anchor and anchor not in _anchors(file):
            lost.append(target)
    assert lost == []


def test_every_picture_is_shown_described_and_light():
    shown = {
        (page.parent / target).resolve(): words
        for page in PAGES
        for sign, words, target in LINK.findall(page.read_text())
        if sign
    }
    pictures = set((BASE_DIR / "docs/images").iterdir())
    assert shown.keys() == pictures
    assert all(len(words) > 20 for words in shown.values())
    assert max(picture.stat().st_size for picture in pictures) < 100_000
