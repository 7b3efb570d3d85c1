"""Settings for all tests: nothing is sent or fetched, tiny models run on one thread. Users of pages, and a browser."""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from cloister.study.web.accounts import Accounts

# How long an example takes says something about the machine's load, not about the code. The same examples each time:
# a search among new ones is `pytest --hypothesis-profile explore`, and what it finds becomes a test of its own.
settings.register_profile("cloister", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None)
settings.load_profile("cloister")

os.environ.update(
    FLWR_TELEMETRY_ENABLED="0",
    FLWR_DISABLE_UPDATE_CHECK="1",
    HF_HUB_OFFLINE="1",
    RAY_USAGE_STATS_ENABLED="0",
    OMP_NUM_THREADS="1",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files whose tests are few and long come first, so that no process is left alone with one at the end."""
    items.sort(key=lambda item: item.path.parent.name != "simulation")


SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real, openly licensed data; tests that need it skip where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"needs the public data in {SHARED_DATA}")
    return SHARED_DATA


CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]


@dataclass(frozen=True)
class People:
    """An operator and a viewer of a page, hashed once, cheaply; both have the same password."""

    accounts: "Accounts"
    password: str = "three unrelated words"
    officer: str = "Dr. Ada Officer"
    viewer: str = "viewer"

    def at(self, origin: str) -> Callable[[Any, str], None]:
        """Signs one of them in, in a browser's page, by the form."""

        def sign_in(page: Any, name: str) -> None:
            page.goto(f"{origin}/sign-in")
            page.get_by_label("Name").fill(name)
            page.get_by_label("Password").fill(self.password)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(f"{origin}/")

        return sign_in


@pytest.fixture(scope="session")
def people() -> People:
    from cloister.study.web.accounts import Accounts, Cost

    cheap = Cost(memory=64, passes=1, lanes=1)
    accounts = Accounts().with_account(People.viewer, "viewer", People.password, cheap)
    return People(accounts.with_account(People.officer, "operator", People.password, cheap))


# Not for the session: Playwright's event loop would run while other modules' tests start loops of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium without a window; tests that need it skip where it is absent."""
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM} on this machine")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield found
        found.close()


Watch = Callable[[str, str], AbstractContextManager[Any]]


@pytest.fixture
def watch(browser: Any) -> Watch:
    """Opens a page of an origin. At its end it must have asked nobody else and had no errors but the statuses allowed.

    The statuses are a regular expression.
    """

    @contextmanager
    def watched(origin: str, statuses: str) -> Iterator[Any]:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page = context.new_page()
        page.set_default_timeout(120_000)
        problems: list[str] = []
        requests: list[str] = []
        page.on("pageerror", lambda problem: problems.append(str(problem)))
        page.on("console", lambda message: problems.extend([message.text] if message.type == "error" else []))
        page.on("request", lambda request: requests.append(request.url))
        yield page
        context.close()
        assert [problem for problem in problems if not re.search(f"status of ({statuses})", problem)] == []
        assert requests
        assert all(url.startswith((origin, "data:")) for url in requests)

    return watched


Inspect = Callable[[Any], list[str]]


@pytest.fixture(scope="session")
def inspect() -> Inspect:
    """What axe-core finds amiss, or cannot decide on, in what a page shows: wide and light, then narrow and dark.

    And whether it is wider than the screen, of 1280 and 400 pixels. More contrast is asked for, which takes away what
    axe cannot look behind: shadows and bars under texts.
    """
    axe = files(pytest.importorskip("axe_playwright_python")).joinpath("axe.min.js").read_text("utf-8")

    def inspected(page: Any) -> list[str]:
        page.evaluate(axe)
        amiss: list[str] = []
        for scheme, width in (("light", 1280), ("dark", 400)):
            page.emulate_media(color_scheme=scheme, contrast="more")
            page.set_viewport_size({"width": width, "height": 2000})
            amiss += (f"{page.url}, {scheme}, {width}: {found}" for found in page.evaluate(LOOK, RULES))
        return amiss

    return inspected


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOK = """async rules => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true }); // so that no page renews itself
    // A single letter is a text, too.
    Object.assign(axe._audit.checks["color-contrast"].options, { ignoreLength: true, ignoreUnicode: false });
    const found = await axe.run({ runOnly: rules, elementRef: true });
    // It cannot look behind letters in a drawing, nor behind cells that slide under a column that stays.
    const excused = { imgNode: "svg", elmPartiallyObscured: "table" };
    const counts = node => !node.element.closest(excused[node.any[0]?.data?.messageKey] ?? "none");
    const amiss = [...found.violations, ...found.incomplete].flatMap(rule =>
        rule.nodes.filter(counts).map(node => `${rule.id}: ${node.html} ${node.failureSummary}`));
    const wide = document.documentElement.scrollWidth;
    return wide > innerWidth ? [...amiss, `${wide} pixels wide`] : amiss;
}"""


@pytest.fixture
def retype() -> Callable[[Path, str, str, int], None]:
    """Calls an array of a safetensors file one of another type, with so many values; its bytes stay."""

    def retyped(file: Path, array: str, kind: str, values: int) -> None:
        content = file.read_bytes()
        length = int.from_bytes(content[:8], "little")
        header = json.loads(content[8 : 8 + length])
        header[array] |= {"dtype": kind, "shape": [values]}
        text = json.dumps(header).encode()
        file.write_bytes(len(text).to_bytes(8, "little") + text + content[8 + length :])

    return retyped
