"""What is clicked on a reader's page is in the file that it saves; in a browser, where one is installed."""

import html
import json
import re
import shutil
import subprocess

import pytest
from listings import LISTING, hostile_listing

from recommender.listing import LISTING_WRITERS

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")]

# Clicks, and writes into the page what it would have saved.
CLICKS = """
<script>
URL.createObjectURL = blob => {
  blob.text().then(text => { document.body.dataset.saved = text; });
  return "blob:none";
};
HTMLAnchorElement.prototype.click = function () { document.body.dataset.name = this.download; };
const groups = [...document.querySelectorAll(".say")].map(group => group.children);
for (const [paper, button] of %s) groups[paper][button].click();
document.querySelector(".save button").click();
</script>
"""


def opened(page, folder):
    """The page as it stands after its scripts ran."""
    file = folder / "page.html"
    file.write_text(page, "utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000", "--dump-dom"]
    done = subprocess.run(
        [CHROMIUM, *flags, f"--user-data-dir={folder / 'profile'}", file.as_uri()],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout


def saved(listing, clicks, folder):
    page = LISTING_WRITERS["html"].write(listing).decode()
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)  # it forbids these clicks
    page = opened(page.replace("</body>", CLICKS % json.dumps(clicks) + "</body>"), folder)
    (text,) = re.findall('data-saved="([^"]*)"', page)
    (name,) = re.findall('data-name="([^"]*)"', page)
    return name, json.loads(html.unescape(text))


def test_clicks_are_in_the_file(tmp_path):
    # Like the first; like, then not for me the second; later and again later, which takes it back.
    name, said = saved(LISTING, [[0, 0], [1, 0], [1, 1], [2, 2], [2, 2], [3, 3]], tmp_path)
    assert name == "mei-day-2026-11-30.feedback.json"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", said.pop("at"))
    assert said == {
        "listing": "mei-day-2026-11-30",
        "reader": "Mei",
        "opinions": [
            {"paper": "2106.09685", "kind": "liked"},
            {"paper": "knots", "kind": "disliked"},
            {"paper": "P19-1001", "kind": "seen"},
        ],
    }


def test_a_hostile_id_comes_back_as_it_is(tmp_path):
    text = "\"'><script>alert(1)</script>&amp;"
    _, said = saved(hostile_listing(text), [[0, 0]], tmp_path)
    assert said["opinions"] == [{"paper": text, "kind": "liked"}]
    assert said["reader"] == text


def test_the_policy_lets_our_script_run_and_no_other(tmp_path):
    page = LISTING_WRITERS["html"].write(LISTING).decode()
    shown = opened(
        page.replace("</body>", "<script>document.body.dataset.foreign = 1</script></body>"), tmp_path
    )
    assert shown.count('aria-pressed="false"') == 4 * len(LISTING.entries)
    assert "data-foreign" not in shown
