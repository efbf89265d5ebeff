"""A live server with the demonstration's province, and Debian's chromium to look at it."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, StorageState, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREENSHOTS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return the browser, or skip saying that it is missing (a failure in CI)."""
    if not CHROMIUM.exists():
        message = f"did not run: {CHROMIUM} is missing (apt-get install chromium)"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    engine: Playwright
    with sync_playwright() as engine:
        found = engine.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield found
        found.close()


@dataclass(frozen=True)
class Site:
    """A running web server, and the numbers of what lies in its database."""

    url: str
    numbers: dict[str, str | int]
    environment: dict[str, str]

    def work(self) -> None:
        """Let the worker do what waits."""
        _run(self.environment, "work")


def _run(environment: dict[str, str], *arguments: str) -> str:
    script = Path(__file__).with_name("founding.py")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script), *arguments],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run Granian on a database of its own, as `huitong web` does."""
    folder = tmp_path_factory.mktemp("browser")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    environment = {
        **os.environ,
        "HUITONG_DATABASE": f"huitong_test_browser_{worker}",
        "DJANGO_SETTINGS_MODULE": "huitong.settings",
    }
    migrate = [sys.executable, "-W", "ignore", "-m", "huitong.operations.migrate"]
    subprocess.run(migrate, env=environment, check=True)
    numbers = json.loads(_run(environment, "found", str(folder)))
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"]
    address = ["--host", "127.0.0.1", "--port", str(port), "huitong.web.wsgi:application"]
    with (folder / "granian.log").open("w") as log:
        server = subprocess.Popen(
            [*command, *address], env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(port, server)
            yield Site(f"http://127.0.0.1:{port}", numbers, environment)
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 60
    while time.monotonic() < ends and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    pytest.fail("the web server did not start")


Opener = Callable[..., Page]


def follow(page: Page, target: str) -> None:
    """Click what leads to another page, and return when that page has come.

    A click alone returns at once: what is read next may still be the page before, or nothing.
    """
    with page.expect_navigation(wait_until="load"):
        page.click(target)


@pytest.fixture(scope="session")
def log_in(chromium: Browser, site: Site) -> Callable[[str], StorageState]:
    """Return a function that logs somebody in by the page, once, and gives what a browser keeps."""

    @cache
    def logged_in(user: str) -> StorageState:
        context = chromium.new_context(locale="zh-CN", base_url=site.url)
        page = context.new_page()
        page.goto("/w/login/")
        page.fill("#id_username", user)
        page.fill("#id_password", "huitong-demo-2026")
        follow(page, "main button[type=submit]")
        assert page.url == site.url + "/w/"
        kept = context.storage_state()
        context.close()
        return kept

    return logged_in


@pytest.fixture
def open_page(
    chromium: Browser, site: Site, log_in: Callable[[str], StorageState]
) -> Iterator[Opener]:
    """Return a function that opens a page, logged in where a user name is given."""
    contexts = []

    def opened(
        path: str,
        *,
        user: str = "",
        scheme: str = "light",
        width: int = 1280,
        scripts: bool = True,
        english: bool = False,
    ) -> Page:
        context = chromium.new_context(
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport={"width": width, "height": 900},
            locale="zh-CN",
            java_script_enabled=scripts,
            base_url=site.url,
            storage_state=log_in(user) if user else None,
        )
        contexts.append(context)
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda said: faults.append(said.text) if "Content Security" in said.text else None,
        )
        page.faults = faults  # type: ignore[attr-defined]
        if english:
            context.add_cookies([{"name": "django_language", "value": "en", "url": site.url}])
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
