"""Freshly rendered pages beside a trivial page and nginx, and the cost of counting."""

import re
import shutil
from statistics import median

from bench.load import requests_per_second
from bench.registry import Row, at_least, at_most, benchmark
from bench.site import fetch, free_port

TURNS = 5
SECONDS = 3  # per measurement

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
    """Yield what counting takes from the throughput of a rendered page."""
    counted = site.serve()
    uncounted = site.serve("bench.uncounted:application")
    article = newest_article(counted)
    figures = in_turns(counted=counted + article, uncounted=uncounted + article)
    yield Row("article, counted", median(figures["counted"]), "requests/s")
    yield Row("article, not counted", median(figures["uncounted"]), "requests/s")
    cost = 100 * (1 - ratio(figures["counted"], figures["uncounted"]))
    yield at_most("cost of counting on a rendered page", cost, "%", COUNTING_COST)


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
