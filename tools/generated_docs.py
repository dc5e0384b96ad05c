"""Writes the parts of README.md that the code knows best, or checks that they are up to date.

    python tools/generated_docs.py           rewrites them
    python tools/generated_docs.py --check   exits 1 where one is stale

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vistka.models.cache import size_text
from vistka.models.catalogue import load_catalogue
from vistka.translate.glossary import load_glossary

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
RESULTS = ROOT / "benchmarks" / "results"
_WIDTH = 120
COMMANDS = ("", "translate", "blurb", "glossary", "memory", "serve", "keys", "eval", "models")
_PART = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def models_table() -> str:
    """The models of the built-in catalogue."""
    rows = ["| id | model | task | download | licence | good for |", "|---|---|---|---|---|---|"]
    for entry in load_catalogue(Path(os.devnull)).entries.values():
        size = size_text(entry.size_bytes) if entry.size_bytes else "not published"
        licence = entry.license + ("" if entry.commercial_use else " (no commercial use)")
        tasks = ", ".join(entry.tasks)
        rows.append(f"| `{entry.id}` | {entry.name} | {tasks} | {size} | {licence} | {entry.note} |")
    return "\n".join(rows)


def command_help() -> str:
    """`--help` of the commands, as an 80-column terminal shows it."""
    environment = {**os.environ, "COLUMNS": "80", "TERMINAL_WIDTH": "80", "NO_COLOR": "1"}
    texts = []
    for command in COMMANDS:
        words = ["vistka", *command.split(), "--help"]
        call = [sys.executable, "-m", "vistka.cli", *words[1:]]
        done = subprocess.run(call, capture_output=True, text=True, check=True, env=environment)  # noqa: S603 - our own
        shown = done.stdout.replace("python -m vistka.cli", "vistka").strip()
        texts.append(f"$ {' '.join(words)}\n{shown}")
    return "```\n" + "\n\n".join(texts) + "\n```"


def lexicon_size() -> str:
    """How many entries the built-in lexicon has, to the hundred below."""
    return f"The built-in lexicon has about {len(load_glossary()) // 100 * 100:,} entries."


def scores() -> str:
    """What `benchmarks/translation.py` measured."""
    result = _results("translation")
    lines = ["| sentences | the embedded model with | BLEU | chrF | against no hints |", "|---|---|---|---|---|"]
    for name, one in result["sets"].items():
        against = {found["system"]: found for found in one["comparisons"]}
        lines += [
            f"| {one['sentences']:,} of {name} | {run['name']} | {run['bleu']:.1f} | {run['chrf']:.1f}"
            f" | {_gain(against.get(run['name']))} |"
            for run in one["runs"]
        ]
    lines += ["", "| engine | seconds a sentence, one at a time | many together | peak memory |", "|---|---|---|---|"]
    lines += [
        f"| `{one['engine']}` | {one['seconds_a_sentence_alone']:.1f} | {one['seconds_a_sentence_together']:.1f}"
        f" | {one['peak_memory_mib']:,} MiB |"
        for one in result["speed"]
    ]
    return "\n".join([*lines, "", f"{result['machine']}, hints and ladder"])


def forms() -> str:
    """The forms of hints that `benchmarks/translation.py --forms` compared."""
    lines = ["| sentences | form of the terms | BLEU | chrF |", "|---|---|---|---|"]
    for name, one in _results("translation")["forms"].items():
        lines += [
            f"| {one['sentences']:,} of {name} | {run['name']} | {run['bleu']:.1f} | {run['chrf']:.1f} |"
            for run in one["runs"]
        ]
    return "\n".join(lines)


_HELD_OUT = {"sentences of speeches": "speeches, sentences, held out", "news": "ntrex, held out"}


def checks() -> str:
    """What `benchmarks/planted_errors.py` measured on the sets that were held out."""
    sets = {shown: _results("planted_errors")["sets"][name] for shown, name in _HELD_OUT.items()}
    lines = [f"| planted errors that are told | {' | '.join(sets)} |", "|---|" + "---|" * len(sets)]
    families = dict.fromkeys(kind.split(":")[0] for one in sets.values() for kind in one["kinds"])
    lines += [
        f"| {family} | {' | '.join(_recall(one['kinds'], family) for one in sets.values())} |" for family in families
    ]
    lines.append(f"| *{_WITHOUT}* | {' | '.join(_flagged(one['clean']) for one in sets.values())} |")
    return "\n".join(lines)


_WITHOUT = "human translations as they are: with an error, with an error or a doubt"


def _recall(kinds: dict[str, dict[str, float]], family: str) -> str:
    """Of all that was planted of one family."""
    own = [row for kind, row in kinds.items() if kind.split(":")[0] == family]
    planted = sum(row["planted"] for row in own)
    return f"{sum(row['planted'] * row['recall'] for row in own) / planted:.3f} of {planted:,.0f}"


def _flagged(clean: dict[str, float]) -> str:
    return f"{clean['error']:.1%}, {clean['error_or_warn']:.1%} of {clean['pairs']:,}"


def _gain(comparison: dict[str, Any] | None) -> str:
    if comparison is None:
        return ""
    bleu, chrf = comparison["bleu_0_100"], comparison["chrf_0_100"]
    return f"{bleu['difference']:+.1f} (p = {bleu['p']:.3f}), {chrf['difference']:+.1f} (p = {chrf['p']:.3f})"


def load() -> str:
    """What `benchmarks/serve/load.py` measured."""
    result = _results("serve")
    rows = ["| clients | server | requests a second | p95 | Vistka's is so many times that |", "|---|---|---|---|---|"]
    times = {row["clients"]: row["times"] for row in result["summary"] if row["server"] == "vistka"}
    rows += [
        f"| {row['clients']} | {row['server']} | {row['requests_per_s']:.1f} | {row['p95_ms'] / 1000:.1f} s"
        f" | {times[row['clients']].get(row['server'], '')} |"
        for row in result["summary"]
    ]
    machine, alone = result["machine"], result["engine_alone_sentences_per_s"]
    note = (
        f"{machine['cores']} cores, {machine['processor']}; medians of the rounds, p95 of the worst. The engine alone, "
        f"with no service around it, translates {alone['1']:.0f} sentences a second one at a time, {alone['8']:.0f} "
        f"eight at a time and {alone['32']:.0f} thirty-two at a time: more than that there is not to gain."
    )
    return "\n".join([*rows, "", *textwrap.wrap(note, _WIDTH)])


def _results(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


PARTS: dict[str, Callable[[], str]] = {
    "models": models_table,
    "help": command_help,
    "lexicon": lexicon_size,
    "scores": scores,
    "forms": forms,
    "checks": checks,
    "load": load,
}


def rendered(text: str) -> str:
    """`text` with every generated part made anew."""
    return _PART.sub(lambda part: part.group(1) + PARTS[part.group("name")]() + "\n" + part.group(3), text)


def main() -> int:
    """Rewrite the README, or with `--check` compare."""
    text = README.read_text(encoding="utf-8")
    fresh = rendered(text)
    if fresh == text:
        return 0
    if "--check" in sys.argv[1:]:
        sys.stderr.write("README.md is stale: run `make format`\n")
        return 1
    README.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
