"""A report as tables: drawn on a terminal, plain lines in a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from vistka.evaluate.report_base import Report

NOT_MEASURED = "–"


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        title: what it shows.
        head: names of the columns; the first column is words, the others are numbers.
        rows: cells, as many in each row as `head` has.
        notes: lines below it.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def report_tables(report: Report) -> list[Table]:
    """The tables of a report of either kind."""
    build = _translation_tables if report["kind"] == "translation" else _abstract_tables
    return [table for table in build(report) if table.rows]


def print_tables(tables: Sequence[Table], stream: TextIO) -> None:
    """Draw them on a terminal, or write them as lines where `stream` is none."""
    if stream.isatty():
        _draw(tables, stream)
    else:
        stream.write(plain_text(tables))


def plain_text(tables: Sequence[Table]) -> str:
    """The tables in lines with spaces between the columns, a blank line between tables."""
    return "\n\n".join("\n".join(_plain_lines(table)) for table in tables) + "\n"


def _plain_lines(table: Table) -> Iterator[str]:
    yield table.title
    lines = [table.head, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.head))]
    for line in lines:
        first, *others = (cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(_wide(line, widths)))
        yield "  ".join([first, *others]).rstrip()
    yield from table.notes


def _wide(line: Sequence[str], widths: Sequence[int]) -> list[tuple[str, int]]:
    return list(zip(line, widths, strict=True))


def _draw(tables: Sequence[Table], stream: TextIO) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    console = Console(file=stream, highlight=False)
    for table in tables:
        # Not as the table's own title, which is wrapped at the table's width.
        console.print(Text(table.title, style="bold"))
        drawn = RichTable(box=box.SIMPLE_HEAD)
        for index, name in enumerate(table.head):
            drawn.add_column(Text(name), justify="right" if index else "left", overflow="fold")
        for row in table.rows:
            # As Text: a file name in square brackets is no markup.
            drawn.add_row(*map(Text, row))
        console.print(drawn)
        for note in table.notes:
            console.print(Text(note, style="dim"))


# --- translations ---------------------------------------------------------------------------------------------------


def _translation_tables(report: Report) -> Iterator[Table]:
    systems = report["systems"]
    yield Table(
        f"{report['set']['name']}: {_amount(report['set'], 'segments')}",
        ("", *(system["name"] for system in systems)),
        # What no system has is no row.
        tuple(row for row in _score_rows(report) if set(row[1:]) != {NOT_MEASURED}),
        tuple(_score_notes(report)),
    )
    if report["comparison"]:
        yield _comparison_table(report["comparison"])
    yield _flag_table(systems)
    yield _length_table(systems)
    for system in systems:
        if system["calibration"]:
            yield _calibration_table(system)


def _amount(chosen: Report, unit: str) -> str:
    if chosen[unit] == chosen["of"]:
        return f"{chosen[unit]} {unit}"
    return f"{chosen[unit]} of {chosen['of']} {unit} ({chosen['chosen']})"


def _score_rows(report: Report) -> Iterator[tuple[str, ...]]:
    systems = report["systems"]

    def row(label: str, key: str, form: str) -> tuple[str, ...]:
        return (label, *(_number(_deep(system, key), form) for system in systems))

    yield row("BLEU", "bleu_0_100", ".1f")
    yield row("chrF", "chrf_0_100", ".1f")
    if report["comet"]["measured"]:
        yield row("COMET", "comet.score", ".3f")
    yield row("segments flagged", "flags.segments", "d")
    yield row("of them with an error", "flags.by_worst_severity.error", "d")
    yield row("without a word", "empty_hypotheses", "d")
    yield row("seconds a segment, median", "seconds_a_segment.median", ".2f")
    yield row("seconds a segment, mean", "seconds_a_segment.mean", ".2f")
    yield row("tokens a second", "tokens_per_s", ".1f")
    yield row("peak memory, MiB", "peak_memory_mib", ",d")
    yield row("AUROC of the confidence", "calibration.auroc_0_1", ".3f")


def _score_notes(report: Report) -> Iterator[str]:
    yield f"BLEU {report['signatures']['bleu']}"
    yield f"chrF {report['signatures']['chrf']}"
    if not report["comet"]["measured"]:
        yield f"COMET not measured: {report['comet']['why_not']}"
    machines = [system["hardware"] for system in report["systems"] if system["hardware"]]
    cores = dict.fromkeys(f"{one.get('cores')} CPU cores ({one.get('machine')})" for one in machines)
    yield ", ".join([*cores, f"vistka {report['versions']['vistka']}"])


def _deep(value: Any, path: str) -> Any:
    for key in path.split("."):
        if value is None:
            return None
        # A severity that no segment has is 0 of them, not unknown.
        value = value.get(key, 0 if path.startswith("flags.") else None)
    return value


def _number(value: Any, form: str) -> str:
    return NOT_MEASURED if value is None else format(value, form)


def _comparison_table(comparison: Report) -> Table:
    names = {"bleu_0_100": "BLEU", "chrf_0_100": "chrF"}
    rows = tuple(
        (
            names[one["score"]],
            f"{one['system']:.1f} ± {one['system_ci95']:.1f}",
            f"{one['baseline']:.1f} ± {one['baseline_ci95']:.1f}",
            f"{one['difference']:+.1f}",
            f"{one['p_value']:.3f}",
        )
        for one in comparison["scores"]
    )
    return Table(
        f"{comparison['system']} against {comparison['baseline']}",
        ("", "system (95 %)", "baseline (95 %)", "difference", "p"),
        rows,
        (f"{comparison['test']}, {comparison['resamples']} resamples; p below 0.05: hardly by chance",),
    )


def _flag_table(systems: Sequence[Report]) -> Table:
    codes: dict[str, int] = {}
    for system in systems:
        for code, count in (system["flags"] or {}).get("segments_by_code", {}).items():
            codes[code] = max(codes.get(code, 0), count)
    rows = tuple(
        (code, *(_number(_count(system, code), "d") for system in systems))
        for code in sorted(codes, key=lambda code: (-codes[code], code))
    )
    return Table("Segments flagged, by code", ("", *(system["name"] for system in systems)), rows)


def _count(system: Report, code: str) -> int | None:
    flags = system["flags"]
    return None if flags is None else int(flags["segments_by_code"].get(code, 0))


def _length_table(systems: Sequence[Report]) -> Table:
    head = ["words in the source", "segments"]
    for number, _ in enumerate(systems, start=1):
        mark = f" ({number})" if len(systems) > 1 else ""
        head += [f"BLEU{mark}", f"chrF{mark}"]
    rows = []
    for index, bucket in enumerate(systems[0]["by_length"]):
        words = f"{bucket['start']}+" if bucket["end"] is None else f"{bucket['start']}–{bucket['end'] - 1}"
        row = [words, str(bucket["segments"])]
        for system in systems:
            row += [f"{system['by_length'][index][key]:.1f}" for key in ("bleu_0_100", "chrf_0_100")]
        rows.append(tuple(row))
    notes = tuple(f"({number}) {system['name']}" for number, system in enumerate(systems, start=1))
    return Table("Scores by length", tuple(head), tuple(rows), notes if len(systems) > 1 else ())


def _calibration_table(system: Report) -> Table:
    found = system["calibration"]
    rows = tuple(
        (
            f"{one['low_0_1']:.1f}–{one['high_0_1']:.1f}",
            str(one["segments"]),
            f"{one['mean_confidence_0_1']:.2f}",
            f"{one['share_good_0_1']:.2f}",
        )
        for one in found["bins"]
    )
    everything = found["good"] + found["bad"]
    auroc = "not to be told, all are of one kind" if found["auroc_0_1"] is None else f"{found['auroc_0_1']:.3f}"
    return Table(
        f"Confidence of {system['name']}",
        ("confidence", "segments", "claimed", "good"),
        rows,
        (
            f"good: sentence chrF of {found['good_chrf']:g} or more ({found['good']} of {everything})",
            f"AUROC {auroc}; calibration error {found['calibration_error_0_1']:.3f}",
        ),
    )


# --- abstracts ------------------------------------------------------------------------------------------------------


def _abstract_tables(report: Report) -> Iterator[Table]:
    title = f"{report['set']['name']}: {_amount(report['set'], 'abstracts')}, {report['system']}"
    if report["rouge"]:
        yield _rouge_table(title, report["rouge"], report["set"]["abstracts"])
    yield Table(
        "Abstracts with something that the document does not have" if report["rouge"] else title,
        ("verdict", "abstracts", "unsupported", "share", "number", "date", "name", "quotation"),
        tuple(_fact_rows(report["unsupported"])),
        tuple(_abstract_notes(report)),
    )


def _rouge_table(title: str, rouge: Report, abstracts: int) -> Table:
    names = {"rouge1_0_1": "ROUGE-1", "rouge2_0_1": "ROUGE-2", "rouge_l_0_1": "ROUGE-L"}
    rows = tuple(
        (name, str(one["documents"]), f"{one['median_characters']:g}", *(f"{one[key]:.3f}" for key in names))
        for name, one in rouge.items()
    )
    notes = ["F1, words in lower case, not stemmed"]
    english = rouge.get("lead-3", {"documents": 0})["documents"]
    if english < abstracts:
        notes.append(f"a lead needs English: {english} of {abstracts} documents have it")
    return Table(title, ("", "documents", "median characters", *names.values()), rows, tuple(notes))


def _fact_rows(unsupported: Report) -> Iterator[tuple[str, ...]]:
    for verdict, one in unsupported.items():
        kinds = (str(one["by_kind"].get(kind, 0)) for kind in ("number", "date", "name", "quotation"))
        share = f"{100 * one['share_0_1']:.1f} %"
        yield (verdict, str(one["abstracts"]), str(one["with_unsupported"]), share, *kinds)


def _abstract_notes(report: Report) -> Iterator[str]:
    if report["only_numbers_and_dates_checked"]:
        yield (
            f"{report['only_numbers_and_dates_checked']} Ukrainian documents without a field `english`: "
            "only numbers and dates were checked"
        )
    if report["refused"]:
        yield f"{len(report['refused'])} documents refused, the first: {report['refused'][0]['where']}"
    seconds = report["seconds_an_abstract"]
    timing = f"; {seconds['median']:.2f} s an abstract (median)" if seconds else ""
    yield f"characters: median {report['characters']['median']:g}, longest {report['characters']['longest']}{timing}"
