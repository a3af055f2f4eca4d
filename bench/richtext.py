"""What cleaning the text of an article costs."""

import os
from time import perf_counter
from unittest import mock

import django

from bench.registry import at_most, benchmark

TURNS = 20
LIMIT = 5  # milliseconds for 100 KB

SENTENCE = "Bà con đến trụ sở Ủy ban nhân dân xã, mang theo giấy tờ tùy thân. "
ARTICLE = f"<p>{SENTENCE * 4}<strong>Đúng giờ.</strong></p>\n" * 250
# As the editor sends it: what a browser has parsed and written down again.
PASTED = (
    '<p class="MsoNormal" style="text-align:justify;mso-fareast-language:VI">'
    f'<span style="font-size:14.0pt">{SENTENCE}</span><o:p></o:p></p>\n'
) * 400
# As Word itself writes it: only a browser's parser can read that.
DOCUMENT = (
    "<html><head><style><!-- p.MsoNormal {margin:0in} --></style></head><body lang=VI>"
    + (
        "<p class=MsoNormal style='text-align:justify;mso-fareast-language:VI'>"
        f"<![if !supportLists]>-<![endif]><span lang=VI style='font-size:14.0pt'>{SENTENCE}"
        "<o:p></o:p></span></p>\n"
    )
    * 400
    + "</body></html>"
)
TABLE = (
    "<table><tbody>"
    + f"<tr>{'<td><p>Xã Thành Vinh</p></td>' * 6}</tr>\n" * 400
    + "</tbody></table>"
)


@benchmark("richtext")
def richtext(site):
    """Yield how long `clean` takes for about 100 KB, by where the text comes from."""
    settings = {"DJANGO_SETTINGS_MODULE": "portal.settings"}
    with mock.patch.dict(os.environ, site.environment | settings):
        django.setup()
    from portal.richtext import clean

    for name, html in [
        ("a new text", ARTICLE),
        ("a paste from Word", PASTED),
        ("a stored text", clean(ARTICLE)),
        ("a document saved by Word", DOCUMENT),
        ("a table of 2,400 cells", TABLE),
    ]:
        yield at_most(f"cleaning {name}, 100 KB", _fastest(clean, html), "ms", LIMIT)


def _fastest(function, argument):
    """Return the shortest of some calls in milliseconds: other work can only add to it."""
    durations = []
    for _ in range(TURNS):
        start = perf_counter()
        function(argument)
        durations.append(perf_counter() - start)
    return 1000 * min(durations)
