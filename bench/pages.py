"""Freshly rendered pages beside a trivial page and nginx, and the cost of counting."""

import re
import shutil
from statistics import median, quantiles

from bench.load import requests_per_second
from bench.registry import Row, at_least, at_most, benchmark
from bench.site import fetch, free_port

TURNS = 5
SECONDS = 3  # per measurement
PAIRED_TURNS, PAIRED_SECONDS = 24, 2

# Ten times what a Wagtail demo reached beside a plain page of the same server, both measured
# in one run on two cores: article 64, home 34, plain page 1,344 requests per second.
ARTICLE_TO_TRIVIAL = 10 * 64 / 1344
HOME_TO_TRIVIAL = 10 * 34 / 1344
COUNTING_COST = 3  # percent of the throughput of rendered pages

NGINX = """
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
daemon off;
events {{ }}
http {{
    access_log off;
    types {{ text/html html; }}
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {folder}/html; }}
}}
"""


def in_turns(**urls):
    """Measure the addresses in turns; return the list of requests per second of each."""
    figures = {name: [] for name in urls}
    for _ in range(TURNS):
        for name, url in urls.items():
            figures[name].append(requests_per_second(url, seconds=SECONDS))
    return figures


def ratio(upper, lower):
    """Return the median over the turns of one figure by another."""
    return median(above / below for above, below in zip(upper, lower, strict=True))


@benchmark("pages")
def pages(site):
    """Yield what rendering costs: home and article beside a trivial page and nginx."""
    address = site.serve()
    article = address + newest_article(address)
    urls = {"trivial": f"{address}/healthz", "home": f"{address}/", "article": article}
    nginx = _nginx(site, fetch(article))
    if nginx:
        urls["nginx"] = nginx
    figures = in_turns(**urls)
    for name, words in [
        ("trivial", "trivial page (/healthz)"),
        ("home", "home page, rendered afresh"),
        ("article", "article page, rendered afresh"),
    ]:
        yield Row(words, median(figures[name]), "requests/s")
    name = "nginx, the bytes of the article as a file"
    if nginx:
        yield Row(name, median(figures["nginx"]), "requests/s")
    else:
        yield Row(name, None, "nginx is not installed")
    yield at_least(
        "home / trivial page",
        ratio(figures["home"], figures["trivial"]),
        "ratio",
        round(HOME_TO_TRIVIAL, 3),
    )
    yield at_least(
        "article / trivial page",
        ratio(figures["article"], figures["trivial"]),
        "ratio",
        round(ARTICLE_TO_TRIVIAL, 3),
    )
    if nginx:
        yield Row("article / nginx", ratio(figures["article"], figures["nginx"]), "ratio")


@benchmark("counting")
def counting(site):
    """Yield what counting takes from a rendered page: of its throughput, of its processor time.

    Both sites are measured in many short turns, each first in every other one, since the
    machine's speed changes from second to second by more than what is looked for.
    """
    counted = site.serve()
    uncounted = site.serve("bench.uncounted:application")
    article = newest_article(counted)
    turns = [
        _paired_turn(site, article, *pair)
        for pair in [(counted, uncounted), (uncounted, counted)] * (PAIRED_TURNS // 2)
    ]
    speeds = {each: [turn[each][0] for turn in turns] for each in (counted, uncounted)}
    times = {each: [turn[each][1] for turn in turns] for each in (counted, uncounted)}
    yield Row("article, counted", median(speeds[counted]), "requests/s")
    yield Row("article, not counted", median(speeds[uncounted]), "requests/s")
    costs = [
        100 * (1 - with_it / without)
        for with_it, without in zip(speeds[counted], speeds[uncounted], strict=True)
    ]
    yield at_most("cost of counting on a rendered page", median(costs), "%", COUNTING_COST)
    low, _, high = quantiles(costs, n=4)
    yield Row("the same, from the lower to the upper quarter of the turns", high - low, "%")
    processor = 100 * (ratio(times[counted], times[uncounted]) - 1)
    yield at_most("the same of the workers' processor time", processor, "%", COUNTING_COST)


def _paired_turn(site, page, *addresses):
    """Return (requests per second, processor seconds per request) by address, in this order."""
    figures = {}
    for address in addresses:
        before = site.processor_seconds(address)
        speed = requests_per_second(address + page, seconds=PAIRED_SECONDS)
        used = site.processor_seconds(address) - before
        figures[address] = (speed, used / (speed * PAIRED_SECONDS))
    return figures


def newest_article(address):
    """Return the path of the first article in the list of news."""
    listed = fetch(f"{address}/tin-tuc/").decode()
    return re.search(r'href="(/tin-tuc/[\w-]+/[\w-]+-\d+/)"', listed)[1]


def _nginx(site, page):
    """Serve `page` as a file by nginx; return its address, or None without nginx."""
    program = shutil.which(
        "nginx", path=f"{site.environment['PATH']}:/usr/sbin:/usr/local/sbin"
    )
    if program is None:
        return None
    folder = site.folder / "nginx"
    (folder / "html").mkdir(parents=True)
    (folder / "html" / "page.html").write_bytes(page)
    for path in (site.folder, folder, folder / "html"):
        path.chmod(0o755)  # nginx's workers give up root
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(NGINX.format(folder=folder, port=port))
    command = [program, "-e", str(folder / "error.log"), "-c", str(configuration)]
    return site.run_server(command, port, "/page.html") + "/page.html"
