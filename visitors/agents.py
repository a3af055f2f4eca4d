"""Names the class of device and the family of browsers that a reader's agent tells.

Only these two words are kept of an agent. Browsers no longer name their version or the model
of the phone, and an iPad says that it is a Macintosh, so more than this cannot be known.
docs/decisions/0021-robots.md tells how well it does.
"""

import re
from functools import lru_cache

# Words for officials, by code.
DEVICES = {
    "phone": "Điện thoại",
    "tablet": "Máy tính bảng",
    "computer": "Máy tính",
    "other": "Khác",
}
OTHER = "Khác"
IN_APP = "Ứng dụng khác"

# All that is looked at of an agent, as in visitors/bots.py.
_LONGEST = 512

# The first that matches wins. Agents are looked at in lower case.
_DEVICES = tuple(
    (code, re.compile(pattern, re.VERBOSE))
    for code, pattern in (
        (
            "other",
            r"""\btv\b|smart-?tv|appletv|googletv|hbbtv|netcast|web0s|bravia|\baft[a-z]{1,2}\b
            |playstation|nintendo|xbox|\bwatch\b""",
        ),
        # Many Android tablets call themselves mobile, so their models count as well. Coolpad
        # makes phones.
        (
            "tablet",
            r"""\bipad\b|tablet(?![ ]pc)|\bkindle|playbook|\bsilk/
            |android[^)]*(?:\bsm-[tpx]\d|\bgt-[pn][58]\d|\btb-?[x\d]|\btab|tab\b|\btab_
                |(?<!cool)pad\b|(?<!cool)pad[ _-]?\d|\bnexus[ ](?:7|9|10)\b|\bpad)""",
        ),
        (
            "phone",
            r"""\biphone|\bipod|mobile|phone|opera[ ]mini|midp|ucweb|up\.(?:browser|link)|obigo
            |windows[ ]ce|wpdesktop|lumia|wp7|symbian|blackberry|\bmaui\b|\bkaios""",
        ),
        ("tablet", r"android"),
        ("computer", r"windows|macintosh|mac[ _]os|mac_powerpc|\bx11\b|\bcros\b|linux|bsd"),
    )
)

# An app names itself beside the browser that it is made of, and nearly every browser claims to
# be Chrome and Safari as well.
_BROWSERS = tuple(
    (name, re.compile(pattern, re.VERBOSE))
    for name, pattern in (
        ("Zalo", r"\bzalo"),
        (
            "Messenger",
            r"fban/messenger|\bmessenger(?:lite)?forios|fb_iab/(?:messenger|orca)",
        ),
        ("Facebook", r"\bfba[nv]/|\bfb_iab|\bfbios"),
        ("TikTok", r"tiktok|musical_ly|bytedancewebview|bytelocale|\btrill_"),
        ("Cốc Cốc", r"coc_coc_browser|\bcoccoc"),
        ("Samsung Internet", r"samsungbrowser/"),
        ("UC Browser", r"uc[ ]?browser|\bubrowser/|\bucweb|\bucmini"),
        ("Opera Mini", r"opera[ ]mini|\bopios/"),
        ("Opera", r"\bopr/|\bopt/|\bopx/|\boprgx/|\bopera\b"),
        ("Edge", r"\bedg(?:e|a|ios|w)?/"),
        (
            IN_APP,
            r"""instagram|\bgsa/|googleapp/|micromessenger|\bline/|twitter|\bviber|\bmomo|telegram
            |snapchat|pinterest|linkedinapp|baiduboxapp|\bnaver|\bbarcelona""",
        ),
        # Browsers of phone makers and others that few use here.
        (
            OTHER,
            r"""[a-z]browser(?:[ _-]?lite)?/|yasearch|quark/|puffin/|\bphx/|\bsilk/|vivaldi/
            |maxthon|ecosia|duckduckgo|whale/|konqueror|\bddg/|mxbrowser|ubrowser|seamonkey""",
        ),
        ("Firefox", r"firefox/|\bfxios/|\bfocus/"),
        # Views of pages in Android apps, then those in apps for iPhone and iPad.
        (
            IN_APP,
            r";\s?wv\)|version/\d\.\d\ chrome/|(?:iphone|ipad|ipod)(?!.*safari/).*mobile/",
        ),
        ("Chrome", r"\bchrome/|\bcrios/|chromium/"),
        ("Safari", r"(?:iphone|ipad|ipod|macintosh|windows).*version/[\d.]+\ .*safari/"),
    )
)
# Names as tables show them.
BROWSERS = tuple(dict.fromkeys([*(name for name, _ in _BROWSERS), OTHER]))


def device(user_agent: str) -> str:
    """Return the class of device, a code of `DEVICES`."""
    return _words(user_agent[:_LONGEST])[0]


def browser(user_agent: str) -> str:
    """Return the family of browsers, a name of `BROWSERS`."""
    return _words(user_agent[:_LONGEST])[1]


@lru_cache(maxsize=4096)
def _words(user_agent):
    agent = user_agent.lower()
    return _first(_DEVICES, agent) or "other", _first(_BROWSERS, agent) or OTHER


def _first(choices, agent):
    return next((name for name, pattern in choices if pattern.search(agent)), "")
