"""Public collections of real agents, to measure what visitors makes of them.

Two files lie here, the others come with packages of requirements-dev.txt; README.md tells
where each is from and under which licence.
"""

import hashlib
import json
import lzma
import re
from functools import cache
from importlib import resources
from pathlib import Path

import yaml_rs

_HERE = Path(__file__).parent

# What makes an agent that of a browser rather than of an app that fetches something for
# itself. The collections of people hold both, and strings such as "36" and "AGENT".
_IS_BROWSER = re.compile(
    r"^(?:Mozilla|Opera)/|Opera Mini|UCWEB|UP\.Browser|MIDP|Obigo|NetFront", re.IGNORECASE
)


def is_held_out(agent):
    """Say whether `agent` is of the half that nothing was tuned with."""
    return hashlib.sha256(agent.encode()).digest()[0] % 2 == 1


def crawlerdetect_robots():
    return _lines("crawlers.txt.xz")


def crawlerdetect_people():
    return {agent for agent in _lines("devices-sample.txt.xz") if _IS_BROWSER.search(agent)}


def matomo_robots():
    return {entry["user_agent"] for entry in _matomo("bots.yml")}


def matomo_people():
    return {agent for agent in matomo_devices() if _IS_BROWSER.search(agent)}


@cache
def matomo_devices():
    """Return {agent: (type of device, type of client, name of client)} of phones and computers."""
    devices = {}
    for kind in ("smartphone", "phablet", "tablet", "feature_phone", "desktop"):
        for entry in _matomo(f"{kind}*.yml"):
            client = entry.get("client") or {}
            devices[entry["user_agent"]] = (
                entry["device"]["type"],
                client.get("type"),
                client.get("name"),
            )
    return devices


def fake_useragent_people():
    lines = (resources.files("fake_useragent") / "data" / "browsers.jsonl").read_text()
    return {json.loads(line)["useragent"] for line in lines.splitlines()}


def _lines(name):
    with lzma.open(
        _HERE / name, "rt", encoding="utf-8", errors="replace", newline="\n"
    ) as file:
        return {line.strip("\r\n") for line in file} - {""}


def _matomo(pattern):
    folder = (
        Path(str(resources.files("device_detector"))) / "tests" / "fixtures" / "upstream"
    )
    for path in sorted(folder.glob(pattern)):
        yield from yaml_rs.loads(path.read_text(encoding="utf-8"))
