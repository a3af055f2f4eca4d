import time

import pytest

from tests.visitors import agents as collections
from visitors import agents

_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
_ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-A125F; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/124.0.6367.114 Mobile Safari/537.36"
_PHONE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko)"
_WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
)

READERS = [
    (f"{_PHONE} Chrome/140.0.0.0 Mobile Safari/537.36", "phone", "Chrome"),
    (f"{_PHONE} Chrome/140.0.0.0 Safari/537.36", "tablet", "Chrome"),
    (f"{_WINDOWS} Chrome/140.0.0.0 Safari/537.36", "computer", "Chrome"),
    (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
        "computer",
        "Chrome",
    ),
    (f"{_IPHONE} CriOS/138.0.7204.156 Mobile/15E148 Safari/604.1", "phone", "Chrome"),
    (f"{_IPHONE} Version/18.3 Mobile/15E148 Safari/604.1", "phone", "Safari"),
    (
        "Mozilla/5.0 (iPad; CPU OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/16.5 Mobile/15E148 Safari/604.1",
        "tablet",
        "Safari",
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/18.3 Safari/605.1.15",
        "computer",
        "Safari",
    ),
    (f"{_WINDOWS} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "computer", "Edge"),
    (f"{_PHONE} Chrome/140.0.0.0 Mobile Safari/537.36 EdgA/140.0.0.0", "phone", "Edge"),
    (
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
        "computer",
        "Firefox",
    ),
    (f"{_IPHONE} FxiOS/130.0 Mobile/15E148 Safari/605.1.15", "phone", "Firefox"),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "coc_coc_browser/122.0.222 Chrome/116.0.5845.222 Safari/537.36",
        "computer",
        "Cốc Cốc",
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; CPH2015) AppleWebKit/537.36 (KHTML, like Gecko) "
        "coc_coc_browser/120.0.0 Mobile Chrome/114.0.5735.0 Mobile Safari/537.36",
        "phone",
        "Cốc Cốc",
    ),
    (
        "Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-X200) AppleWebKit/537.36 (KHTML, like Gecko) "
        "SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36",
        "tablet",
        "Samsung Internet",
    ),
    (f"{_WINDOWS} Chrome/128.0.0.0 Safari/537.36 OPR/114.0.0.0", "computer", "Opera"),
    (
        "Opera/9.80 (J2ME/MIDP; Opera Mini/7.1.32052/29.3709; U; vi) Presto/2.8.119 Version/11.10",
        "phone",
        "Opera Mini",
    ),
    (
        "UCWEB/2.0 (MIDP-2.0; U; Adr 2.3.5; vi; Masstel_M120) U2/1.0.0 UCBrowser/9.8.0.534 U2/1.0.0 Mobile",
        "phone",
        "UC Browser",
    ),
    (f"{_ANDROID} Zalo android/13169 ZaloTheme/light ZaloLanguage/vi", "phone", "Zalo"),
    (f"{_IPHONE} Mobile/15E148 Zalo iOS/640 ZaloTheme/light", "phone", "Zalo"),
    (
        f"{_IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/440.0.0.31.105;FBDV/iPhone13,2]",
        "phone",
        "Facebook",
    ),
    (f"{_ANDROID} [FB_IAB/FB4A;FBAV/480.0.0.0;]", "phone", "Facebook"),
    (f"{_IPHONE} Mobile/15E148 [FBAN/MessengerForiOS;FBAV/440.0]", "phone", "Messenger"),
    (f"{_ANDROID} trill_2023109040 BytedanceWebview/d8a21c6", "phone", "TikTok"),
    (_ANDROID, "phone", "Ứng dụng khác"),
    (f"{_IPHONE} Mobile/15E148", "phone", "Ứng dụng khác"),
    (f"{_IPHONE} GSA/300.0 Mobile/15E148 Safari/604.1", "phone", "Ứng dụng khác"),
    (
        f"{_PHONE} Version/4.0 Chrome/100.0 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.1",
        "phone",
        "Khác",
    ),
    (
        "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko",
        "computer",
        "Khác",
    ),
    (
        "Mozilla/5.0 (Linux; Android 11; BRAVIA 4K) AppleWebKit/537.36 Chrome/100.0 Safari/537.36",
        "other",
        "Chrome",
    ),
    ("", "other", "Khác"),
    ("\x00\xff", "other", "Khác"),
]


@pytest.mark.parametrize(("agent", "device", "browser"), READERS)
def test_device_and_browser_are_told_by_the_agent(agent, device, browser):
    assert (agents.device(agent), agents.browser(agent)) == (device, browser)


def test_capitals_do_not_matter():
    shouted = [(agents.device(a.upper()), agents.browser(a.upper())) for a, _, _ in READERS]
    assert shouted == [(device, browser) for _, device, browser in READERS]


def test_every_device_and_browser_has_an_example_and_fits_its_column():
    assert {device for _, device, _ in READERS} == agents.DEVICES.keys()
    assert {browser for _, _, browser in READERS} == set(agents.BROWSERS)
    assert max(map(len, agents.DEVICES)) <= 20
    assert max(map(len, agents.BROWSERS)) <= 40


_KINDS = {
    "smartphone": "phone",
    "phablet": "phone",
    "feature phone": "phone",
    "tablet": "tablet",
    "desktop": "computer",
}
# Families by the names that Matomo gives them.
_FAMILIES = {
    "Chrome": "Chrome",
    "Chrome Mobile": "Chrome",
    "Chrome Webview": "Ứng dụng khác",
    "Mobile Safari": "Safari",
    "Safari": "Safari",
    "Microsoft Edge": "Edge",
    "Firefox": "Firefox",
    "Firefox Mobile": "Firefox",
    "Samsung Browser": "Samsung Internet",
    "Opera": "Opera",
    "Opera Mobile": "Opera",
    "Opera GX": "Opera",
    "Opera Mini": "Opera Mini",
    "UC Browser": "UC Browser",
    "Coc Coc": "Cốc Cốc",
    "Facebook": "Facebook",
    "Facebook Messenger": "Messenger",
    "Internet Explorer": "Khác",
    "Yandex Browser": "Khác",
    "Mi Browser": "Khác",
    "Huawei Browser Mobile": "Khác",
    "QQ Browser": "Khác",
    "Android Browser": "Khác",
}


def _held_out():
    labels = collections.matomo_devices()
    for agent in collections.matomo_people():
        if collections.is_held_out(agent):
            yield agent, *labels[agent]


def test_devices_agree_with_a_public_collection():
    people = [(agent, _KINDS[kind]) for agent, kind, _, _ in _held_out() if kind in _KINDS]
    right = sum(agents.device(agent) == kind for agent, kind in people)
    assert len(people) > 10_000
    # What is left are tablets of small makers that call themselves mobile.
    assert right / len(people) > 0.95


def test_browsers_agree_with_a_public_collection():
    people = [
        (agent, _FAMILIES[name]) for agent, _, _, name in _held_out() if name in _FAMILIES
    ]
    right = sum(agents.browser(agent) == family for agent, family in people)
    assert len(people) > 10_000
    assert right / len(people) > 0.99


@pytest.mark.parametrize(
    "part",
    ["android", "iphone", "windows version/1", "a", "(", "; wv", "ipad version/1.0 "],
)
def test_an_agent_made_to_be_slow_is_not(part):
    started = time.process_time()
    for number in range(20):
        agents.device(f"{number} {part * 65_536}")
        agents.browser(f"{number} {part * 65_536}")
    assert (time.process_time() - started) / 20 < 0.05  # seconds


def test_only_the_beginning_of_an_agent_is_remembered():
    agents._words.cache_clear()
    for number in range(5):
        agents.device(
            f"{_PHONE} Chrome/140.0.0.0 Mobile Safari/537.36 {'a' * 1000}{number}"
        )
    assert agents._words.cache_info().currsize == 1
    assert agents._words.cache_info().maxsize == 4096
