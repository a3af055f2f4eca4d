"""Tells robots from people by what a request says about itself.

The list of known robots is that of the crawler-user-agents package; around it stand the
signals that no list can hold. docs/decisions/0021-robots.md tells how well they do, and why
some entries of the list are left out.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from crawleruseragents import CRAWLER_USER_AGENTS_DATA

# Headers that only programs send: RFC 9110 section 10.1.2 asks robots for From, and Web Bot
# Auth signs requests with Signature-Agent.
_ROBOT_HEADERS = ("from", "signature-agent")

# Of these every browser sends at least one when it opens a page. None of them is asked for by
# itself: readers may remove their languages, and phones that are still in use are older than
# the other two.
_BROWSER_HEADERS = ("accept-language", "sec-fetch-mode", "upgrade-insecure-requests")

# The headers that `bot_reason` looks at; whoever calls it passes those of the request.
HEADERS = (*_ROBOT_HEADERS, *_BROWSER_HEADERS, "accept", "host")

# All that is looked at of an agent. Longer ones are those of attackers, or of old Internet
# Explorers that list every part installed.
_LONGEST = 512

# A model of phone may be called anything, and many are called like robots: CUBOT, M bot 51,
# HTC Butterfly, ViewSonic. So it is not looked at: what stands between the number of the
# Android version and the next semicolon or bracket, behind an optional language.
_ANDROID_MODEL = re.compile(
    r"\bAndroid [\d.]{1,9};\s?(?:[a-z]{2}(?:[-_][a-z]{2})?;)?[^;()]*", re.IGNORECASE
)

# The maker of the phone, as apps name it once more.
_CUBOT = re.compile(r"\bCUBOT", re.IGNORECASE)

# Entries of the list that the browsers of people match as well.
_ALSO_PEOPLE = frozenset(
    {
        r"008\/",  # the end of a version number of Opera Mini
        "Blackboard",  # an app of schools
        "Fluid",  # a browser for macOS
        "Sogou",  # a Chinese browser; the robot of that name calls itself a spider
        "Viber",  # its robot is named by this word alone
    }
)

# What the list says about a robot, by what officials want to know about it; the first wins.
_REASON_OF_TAG = {
    "search-engine": "robot-search",
    "social-preview": "robot-preview",
    "ai-crawler": "robot-ai",
    "monitoring": "robot-monitor",
    "scanner": "robot-scanner",
    "http-library": "robot-library",
    "browser-automation": "robot-headless",
}

# Our own signals, in the order in which they are asked; agents are looked at in lower case.
_SIGNALS = tuple(
    (reason, re.compile(pattern, re.VERBOSE))
    for reason, pattern in (
        (
            "robot-headless",
            r"""headless|phantomjs|slimerjs|casperjs|zombie\.js|\bjsdom/
            |puppeteer|playwright|selenium|webdriver|cypress/""",
        ),
        (
            "robot-preview",
            r"""^(?:zalo|viber|whatsapp|telegram|messenger)
            |preview|unfurl|snippet|thumbnail|favicon|link[ _-]?(?:expander|resolver)""",
        ),
        (
            # Browsers start with "Mozilla/" or "Opera/", these with the name of a program.
            "robot-library",
            r"""^(?:curl|wget|libcurl|httpie|python|requests|urllib|aiohttp|httpx|scrapy
                |go-http-client|go[ ]http|java|apache-httpclient|okhttp|jakarta|ruby|faraday
                |rest-client|perl|libwww|lwp|php|guzzle|symfony|node|undici|axios|got
                |superagent|deno|bun|rust|reqwest|hyper|ureq|dart|winhttp|microsoft[ ]url
                |powershell|postman|insomnia|k6|ab|wrk|hey|vegeta|siege|jmeter|locust
                |microsoft[ ]office|msfrontpage
            )(?:[\s/_(.-]|$)
            |cfnetwork/|winhttp|\bsiege/|http[ _.-]?(?:client|request)
            |\b(?:word|excel|powerpoint)/\d""",
        ),
        ("robot-monitor", r"monitor|uptime|\bpingdom|health[ -]?check|\bsynthetic"),
        (
            "robot-scanner",
            r"scan(?:s|ner|ning)?\b|\bprobe|pentest|nuclei|sqlmap|jndi:|\$\{|\(\)\s?\{|<\w",
        ),
        (
            # Calls itself a robot, says what it does, or gives an address for complaints.
            # bsalsa.com made a part of Internet Explorer that put its address into agents.
            "robot",
            r"""bot\b|bot[/;_ -]|robot|crawl|spider|scrape|scraping|archiv|fetch|harvest
            |validat|verif(?:y|ier)|checker|(?<!i)check\b|linkcheck|lookup|extract|index(?:er|ing|\b(?!/))
            |screenshot|snapshot|thumb|render|generator|inspector|discovery|research|survey
            |audit|analy[sz]er|feed(?:ly|er|\b)|\brss|\d[ ]subscriber|domain|\bseo\b|lighthouse
            |\bproxy/|page[ -]?speed|google[ _-](?!toolbar)
            |https?://(?!(?:www\.)?bsalsa)|\bwww\.(?!bsalsa)|@[a-z][\w-]{0,60}\.[a-z]{2}
            |\bcompatible[;,](?!\s?(?:msie|konqueror|opera|windows|u;))
            |\bmsie[ ]or""",
        ),
    )
)

# What a browser that says "Mozilla/" runs on; all of them name it.
_PLATFORM = re.compile(
    r"""windows|win(?:nt|\d\d)|mac|linux|x11|android|iphone|ipad|ipod|cros|symb|series[ ]?\d0
    |s60|blackberry|bb10|playbook|webos|tizen|bsd|sunos|midp|nintendo|playstation|xbox|mobile
    |palm|kaios|bada|meego|maemo|os/2|beos|qnx|haiku|harmony|fuchsia|tablet|j2me|aix|hp-ux
    |irix|osf1|vms|amiga|msie[ ]\d|trident/|konqueror|netfront|tv|brew""",
    re.VERBOSE,
)
# The other forms: those of the first phones, of text browsers, and of apps on a phone, which
# tell the phone only.
_OTHER_FORM = re.compile(
    r"""^opera/|opera[ ]mini|applewebkit|gecko/|ucweb|uc[ ]?browser|midp|up\.(?:browser|link)
    |obigo|netfront|teleca|maui|\bwap\b|android|iphone|ipad|\bfban/
    |^(?:e?links|lynx|w3m|dillo|netsurf)\b
    |^(?:nokia|samsung|sonyericsson|lg[-/e]|zte|blackberry|docomo|kddi|softbank|vodafone|htc
        |huawei|alcatel|motorola|mot-|sie-)""",
    re.VERBOSE,
)


def bot_reason(user_agent: str, headers: Mapping[str, str]) -> str:
    """Return a code of `counting.ROBOT_EXCLUSIONS`, or "" for a person.

    `headers` has lower-case names and those of `HEADERS` that came with the request. Without
    a host in it (a line of a log, say) nothing is concluded from what is not there.
    """
    for name in _ROBOT_HEADERS:
        if headers.get(name):
            return "robot-headers"
    if reason := _reason_of_agent(user_agent[:_LONGEST]):
        return reason
    if headers.get("host") and not _asks_like_a_browser(headers):
        return "robot-missing"
    return ""


def _asks_like_a_browser(headers):
    return "html" in headers.get("accept", "") or any(map(headers.get, _BROWSER_HEADERS))


@lru_cache(maxsize=4096)
def _reason_of_agent(user_agent):
    agent = _CUBOT.sub("", _ANDROID_MODEL.sub("Android;", user_agent.strip()))
    if len(agent) < 2:
        return "robot-empty"
    for name, reason in _known_by_name():
        if name in agent:
            return reason
    for pattern, reason in _known_by_pattern():
        if pattern.search(agent):
            return reason
    agent = agent.lower()
    for reason, signal in _SIGNALS:
        if signal.search(agent):
            return reason
    form = _PLATFORM if "mozilla/" in agent else _OTHER_FORM
    return "" if form.search(agent) else "robot-form"


@cache
def _known_by_name():
    """Return the entries of the list that are plain text, which is found much faster."""
    return tuple(
        (re.sub(r"\\(\W)", r"\1", text), why) for text, why in _known() if _is_plain(text)
    )


@cache
def _known_by_pattern():
    return tuple((re.compile(text), why) for text, why in _known() if not _is_plain(text))


def _known():
    for entry in CRAWLER_USER_AGENTS_DATA:
        if entry["pattern"] not in _ALSO_PEOPLE:
            tags = entry.get("tags", ())
            whys = (why for tag, why in _REASON_OF_TAG.items() if tag in tags)
            yield entry["pattern"], next(whys, "robot")


def _is_plain(pattern):
    return not set(re.sub(r"\\\W", "", pattern)) & set(r"\.[](){}*+?^$|")
