"""Names the class of device and the family of browsers that a reader's agent tells.

Only these two words are kept of an agent; nothing here stores one.
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

# All the rest of an agent is ignored: no reader's browser needs more, an attacker's might.
_LONGEST = 512

# The first that matches names the family: an app names itself beside the browser that it
# is made of, and nearly every browser claims to be Chrome and Safari as well.
_BROWSERS = [
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("Zalo", r"\bzalo"),
        ("Messenger", r"FBAN/Messenger|\bMessengerForiOS|FB_IAB/(?:MESSENGER|Orca)"),
        ("Facebook", r"\bFBA[NV]/|\bFB_IAB|\bFBIOS"),
        ("TikTok", r"TikTok|musical_ly|BytedanceWebview|\btrill_"),
        ("Cốc Cốc", r"coc_coc_browser|CocCoc"),
        ("Samsung Internet", r"SamsungBrowser/"),
        ("Opera Mini", r"Opera Mini/|\bOPiOS/"),
        ("Opera", r"\bOPR/|\bOPT/|^Opera/|\bOpera\b"),
        ("UC Browser", r"UC ?Browser|\bUBrowser/|\bUCWEB"),
        ("Edge", r"\bEdg(?:e|A|iOS)?/"),
        ("Firefox", r"Firefox/|\bFxiOS/"),
        (IN_APP, r"; wv\)|\bGSA/|\bInstagram\b|\bLine/"),
        ("Chrome", r"\bChrome/|\bCriOS/|Chromium/"),
        ("Safari", r"Version/[\d.]+ .*Safari/"),
    )
]
# Names as tables show them, in the order of a list to choose from.
BROWSERS = (*dict(_BROWSERS), OTHER)

_TABLET = re.compile(r"\biPad\b|\bTablet\b|\bKindle\b|\bSilk/|PlayBook", re.IGNORECASE)
_PHONE = re.compile(
    r"\biPhone\b|\biPod\b|\bMobile\b|Opera Mini|\bMIDP\b|Windows Phone", re.IGNORECASE
)
_COMPUTER = re.compile(r"Windows NT|Macintosh|\bX11\b|\bCrOS\b|Linux x86_64", re.IGNORECASE)


@lru_cache(maxsize=4096)
def device(user_agent: str) -> str:
    """Return the class of device, a code of `DEVICES`."""
    agent = user_agent[:_LONGEST]
    if _TABLET.search(agent):
        return "tablet"
    if _PHONE.search(agent):
        return "phone"
    if "Android" in agent:
        return "tablet"
    if _COMPUTER.search(agent):
        return "computer"
    return "other"


@lru_cache(maxsize=4096)
def browser(user_agent: str) -> str:
    """Return the family of browsers, a name of `BROWSERS`."""
    agent = user_agent[:_LONGEST]
    for name, pattern in _BROWSERS:
        if pattern.search(agent):
            return name
    return OTHER
