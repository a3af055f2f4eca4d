"""The Nu Html Checker of the W3C, as the npm package vnu-jar brings it.

`.ci/run` fetches it; whoever has npm and Java gets it by
`npm pack vnu-jar@<VERSION> --pack-destination .venv`.
"""

import json
import re
import shutil
import subprocess
import tarfile
from functools import cache
from pathlib import Path

from django.conf import settings

__all__ = ["MISSING", "VERSION", "find_validator", "problems"]

VERSION = "26.9.27"
MISSING = (
    f"The HTML validator was not found; get it with: npm pack vnu-jar@{VERSION} "
    "--pack-destination .venv (and a Java, such as default-jre-headless)"
)
# Tables that become cards on a phone say their roles once more: where a style sheet changes
# their display, older Safaris forget that they are tables.
_TABLE_ROLES = re.compile(
    r"role is unnecessary for element .t(able|head|body|r|h|d).\."
    r"|The .role. attribute must not be used on a .t[rhd]. element which has a .table. ancestor"
)
_FOLDER = Path(settings.BASE_DIR) / ".venv"


@cache
def find_validator():
    """Return the path of the checker's jar, or None without it or without a Java."""
    jar = _FOLDER / f"vnu-{VERSION}.jar"
    package = _FOLDER / f"vnu-jar-{VERSION}.tgz"
    if shutil.which("java") is None:
        return None
    if not jar.exists() and package.exists():
        with tarfile.open(package) as archive:
            jar.write_bytes(archive.extractfile("package/build/dist/vnu.jar").read())
    return jar if jar.exists() else None


def problems(folder):
    """Return the errors and warnings in the HTML files of `folder`, by file name."""
    found = subprocess.run(
        [
            "java",
            "-jar",
            find_validator(),
            "--format",
            "json",
            "--stdout",
            "--exit-zero-always",
            folder,
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    by_file = {}
    for message in json.loads(found.stdout)["messages"]:
        is_problem = message["type"] == "error" or message.get("subType") == "warning"
        if is_problem and not _TABLE_ROLES.search(message["message"]):
            name = Path(message["url"]).name
            where = f"{message.get('lastLine')}: {message['message']}"
            by_file.setdefault(name, []).append(f"{where} [{message.get('extract', '')}]")
    return by_file
