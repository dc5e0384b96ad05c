"""The main job on the items beside this file: for each a draft, then a blurb, as `vistka translate` and `blurb` do."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from vistka.documents.read import read_path
from vistka.documents.write import write
from vistka.errors import VistkaError
from vistka.options import Options
from vistka.pipeline import Pipeline, open_pipeline
from vistka.progress import Progress
from vistka.result_lines import blurb_card, flag_lines
from vistka.terminal import TerminalProgress

HERE = Path(__file__).parent
SUFFIXES = {".txt", ".md", ".html"}
RULE = "─" * 80


def main() -> int:
    """Run the demo on the files named, or on all examples."""
    named = [Path(name) for name in sys.argv[1:]]
    files = named or sorted(f for f in HERE.iterdir() if f.suffix in SUFFIXES and f.name != "README.md")
    progress = TerminalProgress(quiet=False)
    options = Options()
    progress.note(f"{len(files)} items; the model needs a few seconds for each sentence")
    started = time.monotonic()
    pipeline = open_pipeline(options, progress, writes_abstracts=True)
    try:
        for file in files:
            show(file, pipeline, options, progress)
    finally:
        pipeline.close()
    progress.note(f"{RULE}\n{len(files)} items in {time.monotonic() - started:.0f} s, on this machine alone")
    return 0


def show(file: Path, pipeline: Pipeline, options: Options, progress: Progress) -> None:
    """Print one item's draft and blurb."""
    say(f"{RULE}\n{file.name}: draft\n{RULE}")
    # Of a page the demo shows the article; `vistka translate page.html` gives the whole page with its tags.
    article = read_path(file, as_article=True, max_mib=options.max_input_mib)
    draft = pipeline.translator.draft(article, progress)
    say(write(article, draft.rewrites()).rstrip())
    for line in flag_lines(draft):
        say(f"  ⚑ {line}")
    say(f"{RULE}\n{file.name}: blurb\n{RULE}")
    say(blurb_card(pipeline.summarizer.blurb(article, progress)))


def say(text: str) -> None:
    """One piece of the result, at once: the next one may take a minute."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except VistkaError as error:
        sys.stderr.write(error.line() + "\n")
        sys.exit(error.exit_code)
