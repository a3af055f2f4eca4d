import re
import time
from functools import cache

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA

from tests.visitors import agents
from tests.visitors.conftest import BROWSER
from visitors import bots, counting
from visitors.bots import bot_reason

PEOPLE = [
    BROWSER,
    # Cốc Cốc, on a desk and on a phone
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "coc_coc_browser/122.0.222 Chrome/116.0.5845.222 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 10; CPH2015) AppleWebKit/537.36 (KHTML, like Gecko) "
    "coc_coc_browser/120.0.0 Mobile Chrome/114.0.5735.0 Mobile Safari/537.36",
    # links opened inside Zalo and Facebook
    "Mozilla/5.0 (Linux; Android 13; SM-A125F Build/TP1A.220624.014; wv) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Version/4.0 Chrome/114.0.5735.196 Mobile Safari/537.36 "
    "Zalo android/12110600 ZaloTheme/light ZaloLanguage/vi",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/440.0.0.31.105;FBDV/iPhone13,2]",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 Zalo iOS/640 ZaloTheme/light ZaloLanguage/vn",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 MomoApp/4.1.20 MoMoPlatform",
    "Mozilla/5.0 (Linux; Android 7.1.2; G011A Build/N2G48H; wv) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Version/4.0 Chrome/66.0.3359.158 Safari/537.36 Viber/11.9.5.8",
    # the build of Android 15 on phones of OPPO and realme, which is on the list of robots
    "Mozilla/5.0 (Linux; Android 15; RMX3945 Build/AP3A.240617.008; wv) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Version/4.0 Chrome/141.0.7390.98 Mobile Safari/537.36",
    # phones called like robots
    "Mozilla/5.0 (Linux; Android 7.0; M bot 51) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/81.0.4044.138 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; U; Android 4.2.2; en-hk; HTC_Butterfly_s Build/JDQ39) "
    "AppleWebKit/534.30 (KHTML, like Gecko) Version/4.0 Mobile Safari/534.30",
    # phones of the maker CUBOT
    "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/91.0.4472.120 Mobile Safari/537.36",
    "Mozilla/5.0 (Linux; Android 9; CUBOT_NOTE_20) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/88.0 Mobile Safari/537.36",
    "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; vi) Presto/2.8.119 Version/11.10",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
]

ROBOTS = [
    ("", "robot-empty"),
    ("-", "robot-empty"),
    ("curl/8.5.0", "robot-library"),
    ("python-requests/2.32.3", "robot-library"),
    ("Go-http-client/2.0", "robot-library"),
    ("Java/17.0.9", "robot-library"),
    ("node", "robot-library"),
    (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "HeadlessChrome/140.0.0.0 Safari/537.36",
        "robot-headless",
    ),
    (
        "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 "
        "(KHTML, like Gecko) Chrome/80.0.3987.92 Mobile Safari/537.36 "
        "(compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "robot-search",
    ),
    (
        "Mozilla/5.0 (compatible; coccocbot-web/1.0; +http://help.coccoc.com/searchengine)",
        "robot-search",
    ),
    ("facebookexternalhit/1.1", "robot-preview"),
    ("TelegramBot (like TwitterBot)", "robot-preview"),
    ("Viber", "robot-preview"),
    ("Zalo", "robot-preview"),
    ("WhatsApp/2.23.20.0 A", "robot-preview"),
    ("Mozilla/5.0 AppleWebKit/537.36; compatible; GPTBot/1.2", "robot-ai"),
    (
        "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
        "robot-monitor",
    ),
    ("Mozilla/5.0 (compatible; CSE-Scanner/1.0)", "robot-scanner"),
    ("${jndi:ldap://example.vn/a}", "robot-scanner"),
    ("Microsoft Office Word 2014", "robot-library"),
    ("Mozilla/5.0 (compatible; MoiRaDoi-Crawler; vi)", "robot"),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/99.0 (https://example.vn/)",
        "robot",
    ),
    ("Mozilla/5.0 (Morningstar/1.0)", "robot-form"),
    ("Firefox", "robot-form"),
]

# What every browser sends of what is looked at, in one request over plain HTTP.
FROM_A_BROWSER = {"host": "xa.example.vn", "accept": "text/html,*/*;q=0.8"}


@pytest.mark.parametrize("agent", PEOPLE)
def test_readers_in_viet_nam_are_people(agent):
    assert bot_reason(agent, FROM_A_BROWSER) == ""


@pytest.mark.parametrize(("agent", "reason"), ROBOTS)
def test_robots_are_told_by_their_agent(agent, reason):
    assert bot_reason(agent, {}) == reason


@pytest.mark.parametrize("header", ["from", "signature-agent"])
def test_a_header_that_only_programs_send_makes_a_robot(header):
    assert bot_reason(BROWSER, {header: "robot@example.vn"}) == "robot-headers"


def test_a_browser_that_sends_nothing_that_browsers_send_is_a_robot():
    headers = {"host": "xa.example.vn", "accept": "*/*"}
    assert bot_reason(BROWSER, headers) == "robot-missing"
    assert bot_reason(BROWSER, {"host": "xa.example.vn"}) == "robot-missing"


@pytest.mark.parametrize(
    "sent",
    [
        {"accept": "text/html,*/*"},
        {"accept": "*/*", "accept-language": "vi"},  # Internet Explorer reloading
        {"sec-fetch-mode": "navigate"},
        {"upgrade-insecure-requests": "1"},
    ],
)
def test_one_thing_that_browsers_send_is_enough_for_a_person(sent):
    assert bot_reason(BROWSER, {"host": "xa.example.vn"} | sent) == ""


def test_nothing_is_concluded_from_headers_that_are_not_known():
    assert bot_reason(BROWSER, {}) == ""


def test_every_header_that_matters_is_named_for_the_counter():
    class Asked(dict):
        def get(self, name, default=None):
            asked.add(name)
            return super().get(name, default)

    asked = set()
    bot_reason(BROWSER, Asked(host="xa.example.vn"))
    assert asked == set(bots.HEADERS)


def test_every_reason_has_words_for_officials():
    reasons = {reason for _, reason in ROBOTS} | {"robot-headers", "robot-missing"}
    assert reasons == counting.ROBOT_EXCLUSIONS.keys()


def test_entries_that_are_left_out_are_still_on_the_list():
    patterns = {entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA}
    assert patterns >= bots._ALSO_PEOPLE


def test_every_entry_of_the_list_finds_its_own_examples_but_two():
    missed = {
        entry["pattern"]
        for entry in CRAWLER_USER_AGENTS_DATA
        for example in entry["instances"]
        if not bot_reason(example, {})
    }
    # A browser for macOS, and a build of Android for the phones of two makers.
    assert missed == {"Fluid", r"AP3A\.240617\.008"}


# Public collections of real agents; docs/decisions/0021-robots.md names them. The signals were
# made with one half of each, chosen by hash; the figures are those of the other half.


@pytest.mark.parametrize("collection", [agents.crawlerdetect_robots, agents.matomo_robots])
def test_nearly_all_robots_of_public_collections_are_recognised(collection):
    robots = [agent for agent in collection() if agents.is_held_out(agent)]
    unlisted = [agent for agent in robots if not _listed().search(agent)]
    assert len(unlisted) > 250
    assert _share_of_robots(robots) >= 0.95
    assert _share_of_robots(unlisted) >= 0.85


@pytest.mark.parametrize(
    "collection",
    [agents.fake_useragent_people, agents.crawlerdetect_people, agents.matomo_people],
)
def test_nearly_no_person_of_public_collections_is_lost(collection):
    people = [agent for agent in collection() if agents.is_held_out(agent)]
    assert len(people) > 400
    # One of every so many, or this would take half a minute.
    assert _share_of_robots(sorted(people)[:: 1 + len(people) // 5000]) <= 0.003


@cache
def _listed():
    return re.compile("|".join(entry["pattern"] for entry in CRAWLER_USER_AGENTS_DATA))


def _share_of_robots(user_agents):
    return sum(bool(bot_reason(agent, {})) for agent in user_agents) / len(user_agents)


@pytest.mark.parametrize(
    "part",
    [
        "a",
        "(",
        "<",
        "mozilla/5.0 (",
        "Android 1.1; en-us;",
        "compatible; ",
        "@aaaaaaaa",
        "http_",
    ]
    + ["index ", "current spider", "google ", "1 ", "\x00", "ă", "() "],
)
def test_an_agent_made_to_be_slow_is_not(part):
    started = time.process_time()
    for number in range(20):
        bot_reason(f"Mozilla/5.0 {number}" + part * 65_536, {})
    assert (
        time.process_time() - started
    ) / 20 < 0.05  # seconds; some 0.3 ms on a free machine


def test_an_endless_agent_is_no_trouble():
    assert bot_reason("Mozilla/5.0 (Windows NT 10.0) " + "a" * 100_000, {}) == ""


def test_only_the_beginning_of_an_agent_is_remembered():
    bots._reason_of_agent.cache_clear()
    for number in range(5):
        bot_reason(f"{BROWSER} {'a' * 1000}{number}", {})
    assert bots._reason_of_agent.cache_info().currsize == 1
    assert bots._reason_of_agent.cache_info().maxsize == 4096
