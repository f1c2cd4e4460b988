"""Pictures of every screen of the desk, at three widths, light and dark, in Latin, Cyrillic and Arabic letters, and sheets of them to look at.

python scripts/desk_pictures.py OUT                              # makes a small mission for it in OUT/mission
python scripts/desk_pictures.py OUT --only /map/ --languages ar  # some of them
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
from tests.screens import SCREENS, prepare, served, sign_in  # noqa: E402

WIDTHS, SCHEMES, LANGUAGES = (1400, 820, 390), ("light", "dark"), ("en", "uk", "ar")


def name_of(login: str, path: str) -> str:
    """A file's name for a page."""
    return re.sub(r"\W+", "-", f"{login}{path}").strip("-") or "page"


def pictures(browser: Any, address: str, out: Path, args: argparse.Namespace) -> None:
    """All of them; a page that is wider than the screen is told of."""
    for language in args.languages:
        for login, paths in SCREENS.items():
            chosen = [path for path in paths if not args.only or path in args.only]
            if not chosen:
                continue
            context = browser.new_context(locale=language, viewport={"width": 1400, "height": 900})
            page = context.new_page()
            sign_in(page, address, login)
            for path in chosen:
                page.goto(address + path)
                page.wait_for_timeout(400)
                for width in args.widths:
                    page.set_viewport_size({"width": width, "height": 900})
                    page.wait_for_timeout(700 if page.query_selector("[data-map]") else 0)  # a map is drawn anew
                    wide = page.evaluate("document.documentElement.scrollWidth")
                    if wide > width:
                        print(f"{language} {path} at {width}: {wide} wide", flush=True)
                    for scheme in args.schemes:
                        page.emulate_media(color_scheme=scheme)
                        page.wait_for_timeout(150)
                        folder = out / f"{language}-{width}-{scheme}"
                        folder.mkdir(parents=True, exist_ok=True)
                        page.screenshot(path=folder / f"{name_of(login, path)}.png", full_page=True)
            context.close()


def sheets(browser: Any, out: Path) -> None:
    """One sheet for each language, width and scheme: every picture, so large that it can be read."""
    for folder in sorted(path for path in out.iterdir() if path.is_dir() and path.name.count("-") == 2):
        width = int(folder.name.split("-")[1])
        shown, across = {1400: (760, 2), 820: (500, 3), 390: (290, 5)}.get(width, (500, 3))
        style = f"body{{margin:6px;font:12px sans-serif}}figure{{display:inline-block;vertical-align:top;margin:4px;width:{shown}px}}img{{width:100%;max-height:{shown * 2}px;object-fit:cover;object-position:top;border:1px solid #888}}"
        names = sorted(folder.glob("*.png"))
        for n in range(0, len(names), 2 * across):
            figures = "".join(
                f"<figure><figcaption>{p.stem}</figcaption><img src='{p.as_uri()}'></figure>"
                for p in names[n : n + 2 * across]
            )
            sheet = out / f"{folder.name}-{n // (2 * across) + 1}.html"
            sheet.write_text(f"<meta charset=utf-8><style>{style}</style>{figures}", "utf-8")
            page = browser.new_page(viewport={"width": across * (shown + 14), "height": 900})
            page.goto(sheet.as_uri())
            page.screenshot(path=sheet.with_suffix(".png"), full_page=True)
            page.close()
            sheet.unlink()


def main() -> int:
    """Make them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", nargs="*", help="addresses of pages")
    parser.add_argument("--languages", nargs="*", default=LANGUAGES)
    parser.add_argument("--widths", nargs="*", type=int, default=WIDTHS)
    parser.add_argument("--schemes", nargs="*", default=SCHEMES)
    args = parser.parse_args()
    out = args.out.resolve()
    if not (out / "mission").exists():
        out.mkdir(parents=True, exist_ok=True)
        prepare(out / "mission")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with served(out / "mission") as address, sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--use-angle=swiftshader"])
        pictures(browser, address, out, args)
        sheets(browser, out)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
