"""Make docs/images/report.png: the top of the report on the energy truce, as a browser shows it. Needs Chromium."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from servanda.cli.main import main

ROOT = Path(__file__).resolve().parent.parent
CASE = ROOT / "cases" / "energy-truce-2025"
PICTURE = ROOT / "docs" / "images" / "report.png"
SIZE = "1400,1150"


def make() -> None:
    """Verify the case, open its page without a window, and take the picture."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no Chromium on this machine (Debian package chromium)")
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        evidence = [str(path) for path in sorted((CASE / "evidence").iterdir())]
        options = ["--coverage", str(CASE / "coverage.yaml"), "--out", folder]
        main(["verify", str(CASE / "agreement.yaml"), *evidence, *options])
        page = (Path(folder) / "report.html").as_uri()
        headless = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={SIZE}"]
        command = [chromium, *headless, f"--screenshot={PICTURE}", page]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603  a browser, and our own page
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    make()
