"""What cleaning the text of an article costs."""

from time import perf_counter

from django.conf import settings

from bench.registry import at_most, benchmark

TURNS = 20
LIMIT = 5  # milliseconds for 100 KB

SENTENCE = "Bà con đến trụ sở Ủy ban nhân dân xã, mang theo giấy tờ tùy thân. "
ARTICLE = f"<p>{SENTENCE * 4}<strong>Đúng giờ.</strong></p>\n" * 250
PASTED = (
    '<p class="MsoNormal" style="text-align:justify;mso-fareast-language:VI">'
    f'<span style="font-size:14.0pt">{SENTENCE}</span><o:p></o:p></p>\n'
) * 400


@benchmark("richtext")
def richtext(site):
    """Yield how long `clean` takes for about 100 KB: written here, pasted, and stored."""
    settings.configure(MEDIA_URL="/media/")  # all that cleaning asks of the settings
    from portal.richtext import clean

    for name, html in [
        ("a new text", ARTICLE),
        ("a paste from Word", PASTED),
        ("a stored text", clean(ARTICLE)),
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
