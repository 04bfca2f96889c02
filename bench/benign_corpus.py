"""Ordinary source code: pinned source archives of known projects.

`trees()` downloads what is missing with pip, into the user's cache, and unpacks it there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

# Chosen for their languages and because they deal with passwords, tokens and keys.
ARCHIVES = (
    "ansible-core==2.19.14",
    "apache-airflow-providers-amazon==9.39.0",
    "authlib==1.9.10",
    "bokeh==3.8.1",
    "django==5.2.19",
    "jpype1==1.7.1",
    "jupyter-server==2.21.1",
    "keystone==30.0.0",
    "keystoneauth1==5.18.1",
    "kubernetes==37.0.2",
    "localstack-core==2026.3.0",
    "moto==5.2.5",
    "octoprint==1.11.8",
    "pycryptodome==4.4.0",
    "python-keystoneclient==6.0.0",
    "roundup==2.6.0",
    "salt==3008.5",
    "sentry-sdk==2.75.0",
    "stripe==16.1.0",
    "twisted==26.10.0",
)


def trees() -> Path:
    """The folder that holds the unpacked trees. Raises CalledProcessError where pip cannot download one."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "palint-bench"
    folder = cache / "ordinary"
    for pin in ARCHIVES:
        target = folder / pin
        if not target.is_dir():
            _unpack(_download(pin, cache / "archives"), target)
    return folder


def _download(pin: str, folder: Path) -> Path:
    where = folder / pin
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-binary",
        ":all:",
        "--dest",
    ]
    subprocess.run([*command, str(where), pin], check=True)
    return next(path for path in where.iterdir() if path.name.endswith((".tar.gz", ".zip")))


def _unpack(archive: Path, target: Path) -> None:
    partial = target.with_name(target.name + ".partial")
    with tarfile.open(archive) as tar:
        tar.extractall(partial, filter="data")
    partial.rename(target)
