"""Tells robots from people by what a request says about itself.

The list of known robots is that of the crawler-user-agents package; around it stand the
signals that no list can hold: no name at all, a programming library, an automated browser.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from crawleruseragents import CRAWLER_USER_AGENTS_DATA

# Headers that only programs send: RFC 9110 section 10.1.2 asks robots for From, and Web Bot
# Auth signs requests with Signature-Agent.
_ROBOT_HEADERS = ("from", "signature-agent")

# A maker of phones whose name looks like that of a robot.
_CUBOT_PHONE = re.compile(r"\bCUBOT", re.IGNORECASE)

_HEADLESS = re.compile(
    r"Headless|PhantomJS|SlimerJS|Puppeteer|Playwright|Selenium|WebDriver|Cypress/",
    re.IGNORECASE,
)

# An agent that starts with the name of a library or tool; browsers start with "Mozilla/"
# or "Opera/".
_LIBRARY = re.compile(
    r"""^(?:
        curl|wget|libcurl|httpie|python|requests|urllib|aiohttp|httpx|scrapy
        |go-http-client|go\ http|java|apache-httpclient|okhttp|jakarta|ruby|faraday|rest-client
        |perl|libwww|lwp|php|guzzle|symfony|node|undici|axios|got|superagent|deno|bun
        |rust|reqwest|hyper|ureq|dart|cfnetwork|winhttp|microsoft\ url|powershell|postman
        |insomnia|k6|ab|wrk|hey|vegeta|siege|jmeter|locust
    )(?:[\s/_(.-]|$)""",
    re.IGNORECASE | re.VERBOSE,
)

# Robots that no list knows yet mostly call themselves by one of these words.
_ROBOT_WORD = re.compile(
    r"bot\b|bot[/;_ -]|crawler|crawling|spider|scraper|\bmonitor(?:ing)?\b|\buptime|"
    r"\+https?://|link ?preview|feed(?:fetcher|parser|reader)",
    re.IGNORECASE,
)


def bot_reason(user_agent: str, headers: Mapping[str, str]) -> str:
    """Return a code of `counting.ROBOT_EXCLUSIONS`, or "" for a person.

    `headers` has lower-case names.
    """
    for name in _ROBOT_HEADERS:
        if headers.get(name):
            return "robot-headers"
    return _reason_of_agent(user_agent[:512])


@lru_cache(maxsize=4096)
def _reason_of_agent(user_agent):
    agent = _CUBOT_PHONE.sub("", user_agent.strip())
    if len(agent) < 2:
        return "robot-empty"
    if _HEADLESS.search(agent):
        return "robot-headless"
    if _LIBRARY.match(agent):
        return "robot-library"
    if _known_robots().search(agent) or _ROBOT_WORD.search(agent):
        return "robot"
    return ""


@cache
def _known_robots():
    return re.compile("|".join(entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA))
