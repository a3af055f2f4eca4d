import pytest

from tests.visitors.conftest import BROWSER
from visitors import counting
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
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "robot"),
    ("Mozilla/5.0 (compatible; coccocbot-web/1.0; +http://help.coccoc.com/bot)", "robot"),
    ("facebookexternalhit/1.1", "robot"),
    ("Mozilla/5.0 (compatible; MoiRaDoi-Crawler; vi)", "robot"),
]


@pytest.mark.parametrize("agent", PEOPLE)
def test_readers_in_viet_nam_are_people(agent):
    assert bot_reason(agent, {}) == ""


@pytest.mark.parametrize(("agent", "reason"), ROBOTS)
def test_robots_are_told_by_their_agent(agent, reason):
    assert bot_reason(agent, {}) == reason


@pytest.mark.parametrize("header", ["from", "signature-agent"])
def test_a_header_that_only_programs_send_makes_a_robot(header):
    assert bot_reason(BROWSER, {header: "robot@example.vn"}) == "robot-headers"


def test_every_reason_has_words_for_officials():
    reasons = {reason for _, reason in ROBOTS} | {"robot-headers"}
    assert reasons == counting.ROBOT_EXCLUSIONS.keys()


def test_an_endless_agent_is_no_trouble():
    assert bot_reason("Mozilla/5.0 " + "a" * 100_000, {}) == ""
