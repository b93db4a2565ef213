"""A headless Chromium, driven over the WebDriver protocol (https://www.w3.org/TR/webdriver2/)."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


def programs() -> tuple[str, str] | None:
    """Chromium and its driver, or None where one is missing."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


class Browser:
    """One window."""

    def __init__(self, address: str, session: str) -> None:
        self._at = f"{address}/session/{session}"

    def open(self, page: Path) -> None:
        call(f"{self._at}/url", {"url": page.as_uri()})

    def size(self, width: int, height: int = 900) -> None:
        call(f"{self._at}/window/rect", {"width": width, "height": height})

    def run(self, script: str) -> Any:
        """What a script of the test returns."""
        return call(f"{self._at}/execute/sync", {"script": script, "args": []})

    def click(self, selector: str) -> None:
        """Click what a person would hit: the element must be on the screen."""
        asked = {"using": "css selector", "value": selector}
        element = call(f"{self._at}/element", asked)[_ELEMENT]
        call(f"{self._at}/element/{element}/click", {})

    def type(self, selector: str, text: str) -> None:
        asked = {"using": "css selector", "value": selector}
        element = call(f"{self._at}/element", asked)[_ELEMENT]
        call(f"{self._at}/element/{element}/clear", {})
        call(f"{self._at}/element/{element}/value", {"text": text})

    def text(self, selector: str) -> str:
        """The text of an element, as it is shown."""
        asked = {"using": "css selector", "value": selector}
        element = call(f"{self._at}/element", asked)[_ELEMENT]
        return str(call(f"{self._at}/element/{element}/text"))

    def picture(self, file: Path) -> bytes:
        """A picture of the window, written to `file`."""
        image = base64.b64decode(call(f"{self._at}/screenshot"))
        file.write_bytes(image)
        return image

    def log(self) -> list[dict[str, Any]]:
        """What the page wrote to the console: errors, and what its policy stopped."""
        return list(call(f"{self._at}/se/log", {"type": "browser"}))


def call(address: str, body: Any = None) -> Any:
    """One command of the protocol."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["value"]


@contextmanager
def browser(folder: Path, width: int = 1100, height: int = 1400) -> Iterator[Browser]:
    """A window, closed when the block ends."""
    found = programs()
    assert found is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    driver = subprocess.Popen([found[1], f"--port={port}"], stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        settings = ["headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage"]
        settings += [f"user-data-dir={folder / 'profile'}", f"window-size={width},{height}"]
        options = {"binary": found[0], "args": [f"--{one}" for one in settings]}
        asked = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        session = call(f"{address}/session", {"capabilities": {"alwaysMatch": asked}})
        yield Browser(address, session["sessionId"])
    finally:
        driver.terminate()
        driver.wait()


def _wait(address: str) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            if call(f"{address}/status")["ready"]:
                return
        except urllib.error.URLError:
            if time.monotonic() > end:
                raise
        time.sleep(0.05)
