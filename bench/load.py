"""How many requests a second an address answers."""

import re
import shutil
import socket
import subprocess
import threading
import time
from urllib.parse import urlsplit

CONNECTIONS = 16
# A reader's browser, so that pages are counted as they are in life.
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/139.0.0.0 Safari/537.36"
)


class LoadError(Exception):
    """The address did not answer every request with a page."""


def generator():
    """Name what sends the requests."""
    return "wrk" if shutil.which("wrk") else "generator in Python (slower than the server)"


def requests_per_second(url, *, seconds):
    """Send requests over `CONNECTIONS` kept-alive connections for `seconds`."""
    measure = _by_wrk if shutil.which("wrk") else _by_threads
    return measure(url, seconds)


def _by_wrk(url, seconds):
    command = [
        "wrk",
        "-t2",
        f"-c{CONNECTIONS}",
        f"-d{seconds}s",
        "-H",
        f"User-Agent: {AGENT}",
        "-H",
        "Accept: text/html",  # or the counter takes the load for a robot's
    ]
    output = subprocess.run(
        [*command, url], capture_output=True, text=True, check=True, timeout=seconds + 60
    ).stdout
    if "Non-2xx" in output:
        raise LoadError(f"{url}: {output}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def _by_threads(url, seconds):
    counts = [0] * CONNECTIONS
    faults = []
    deadline = time.monotonic() + seconds

    def run(number):
        try:
            for _ in _answers(urlsplit(url), deadline):
                counts[number] += 1
        except (LoadError, OSError) as error:
            faults.append(error)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise LoadError(f"{url}: {faults[0]!r}")
    return sum(counts) / seconds


def _answers(url, deadline):
    """Yield once for every page that one connection gets until `deadline`."""
    target = f"{url.path}?{url.query}" if url.query else url.path
    request = (
        f"GET {target} HTTP/1.1\r\nHost: {url.netloc}\r\nUser-Agent: {AGENT}\r\n"
        "Accept: text/html\r\n\r\n"
    ).encode()
    with socket.create_connection((url.hostname, url.port), timeout=30) as connection:
        incoming = connection.makefile("rb")
        while time.monotonic() < deadline:
            connection.sendall(request)
            if b" 200 " not in incoming.readline():
                raise LoadError(f"{url.path} was not answered by 200")
            length = 0
            while (line := incoming.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            incoming.read(length)
            yield
