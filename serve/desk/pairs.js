// The source and the English, sentence against sentence.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { moment, percent, t } from "./i18n.js";
import { Icon } from "./icons.js";
import { Button, CopyButtons, FaultBox, Flags, Growing, IconButton, InlineFault, Working } from "./parts.js";
import { draftAs } from "./copying.js";
import { LOW_CONFIDENCE, isPlain, levelOf, shownSegments } from "./segments.js";
import { pieces } from "./text.js";

export function Pairs({
  translation,
  edits,
  evidence,
  focus,
  onFocus,
  current,
  onCurrent,
  editing,
  onEditing,
  onlyChecks,
  onOnlyChecks,
  actions,
}) {
  const all = shownSegments(translation);
  const levels = new Map(all.map((segment) => [segment.index, levelOf(segment, edits)]));
  const toCheck = all.filter((segment) => levels.get(segment.index));
  const sentences = all.filter((segment) => !isPlain(segment));
  const shown = onlyChecks ? all.filter((segment) => levels.get(segment.index) || segment.index === editing) : all;
  const reachable = shown.filter((segment) => !isPlain(segment));
  const tabbable = reachable.some((segment) => segment.index === current) ? current : reachable[0]?.index;
  return html`<section class="pairs" aria-labelledby="pairs-title">
    <div class="bar">
      <h2 id="pairs-title">${t("pairs.title")}</h2>
      <p class="bar-count">
        ${t("sentences", { n: sentences.length })}
        ${
          toCheck.length
            ? html`<span class="count-warn"><${Icon} name="warn" />${t("to-check", { n: toCheck.length })}</span>`
            : html`<span class="count-ok"><${Icon} name="check" />${t("to-check.none")}</span>`
        }
      </p>
      ${
        (toCheck.length > 0 || onlyChecks) &&
        html`<div class="steps" role="group" aria-label=${t("steps")}>
        <${IconButton} icon="up" label=${t("step.back")} onClick=${() => actions.toCheck(-1)} />
        <${IconButton} icon="down" label=${t("step.on")} onClick=${() => actions.toCheck(1)} />
        <button type="button" class="toggle" aria-pressed=${onlyChecks} onClick=${() => onOnlyChecks(!onlyChecks)}>
          ${t("only-checks")}
        </button>
      </div>`
      }
      <span class="spring"></span>
      <${CopyButtons} what=${t("copy.draft")} give=${(format) => draftAs(format, translation, edits)} announce=${actions.announce} />
    </div>
    <div class="columns-head" aria-hidden="true"><span></span><span>${t("column.source")}</span><span>${t("column.english")}</span></div>
    ${groups(shown).map(
      ({
        block,
        segments,
      }) => html`<ol key=${block} class=${`block ${translation.blocks[block]?.kind ?? ""}`} role="list">
        ${segments.map((segment) =>
          isPlain(segment)
            ? html`<li key=${segment.index} class="plain">${segment.source.trim()}</li>`
            : html`<${Pair}
            key=${segment.index}
            segment=${segment}
            number=${sentences.indexOf(segment) + 1}
            level=${levels.get(segment.index)}
            edit=${edits.get(segment.index)}
            evidence=${evidence.filter((one) => one.block === block && one.start < segment.end && one.end > segment.start)}
            focus=${focus}
            onFocus=${onFocus}
            isCurrent=${segment.index === current}
            isTabbable=${segment.index === tabbable}
            isEditing=${segment.index === editing}
            onCurrent=${onCurrent}
            onEditing=${onEditing}
            actions=${actions}
          />`,
        )}
      </ol>`,
    )}
    ${onlyChecks && !shown.length && html`<p class="nothing">${t("only-checks.none")}</p>`}
    <${Recipe} recipe=${translation.draft.recipe} />
  </section>`;
}

function groups(segments) {
  const found = [];
  for (const segment of segments) {
    if (found.at(-1)?.block !== segment.block) found.push({ block: segment.block, segments: [] });
    found.at(-1).segments.push(segment);
  }
  return found;
}

function Pair({
  segment,
  number,
  level,
  edit,
  evidence,
  focus,
  onFocus,
  isCurrent,
  isTabbable,
  isEditing,
  onCurrent,
  onEditing,
  actions,
}) {
  const isLeft = segment.origin === "source";
  const english = edit ? edit.english : segment.english.trim();
  const classes = ["pair", level, isCurrent && "current", isLeft && "left"].filter(Boolean).join(" ");
  return html`<li
    id=${`pair-${segment.index}`}
    class=${classes}
    data-index=${segment.index}
    tabindex=${isTabbable ? 0 : -1}
    aria-label=${t("pair.label", { n: number })}
    aria-current=${isCurrent ? "true" : undefined}
    onFocus=${() => onCurrent(segment.index)}
    onClick=${() => onCurrent(segment.index)}
    onDblClick=${() => !isLeft && !isEditing && onEditing(segment.index)}
  >
    <span class="number" aria-hidden="true">${number}</span>
    <p class="source" lang=${LANGUAGE_TAGS[segment.language]}>
      <${Source} segment=${segment} evidence=${evidence} focus=${focus} onFocus=${onFocus} />
    </p>
    <div class="english">
      ${
        isEditing
          ? html`<${Editor} segment=${segment} value=${english} onEditing=${onEditing} actions=${actions} />`
          : html`<p lang=${isLeft ? LANGUAGE_TAGS[segment.language] : "en"}>${english}</p>`
      }
      ${!(isEditing && edit) && html`<${Notes} segment=${segment} edit=${edit} actions=${actions} />`}
    </div>
    ${
      !isEditing &&
      !isLeft &&
      html`<div class="tools">
      <button type="button" class="tool" title=${t("edit")} tabindex=${isTabbable ? 0 : -1} onClick=${() => onEditing(segment.index)}>
        <${Icon} name="edit" /><span class="off-screen">${t("edit")}: ${t("pair.label", { n: number })}</span>
      </button>
      ${
        segment.origin === "model" &&
        !edit &&
        html`<span class="confidence" title=${t("confidence.title")}>
          <span class="off-screen">${t("confidence.label")} </span>${percent(segment.confidence)}
        </span>`
      }
    </div>`
    }
  </li>`;
}

const LANGUAGE_TAGS = { uk: "uk", ru: "ru", be: "be", en: "en" };

function Source({ segment, evidence, focus, onFocus }) {
  const text = segment.source.trimEnd();
  const spans = evidence.map((one) => ({ ...one, start: one.start - segment.start, end: one.end - segment.start }));
  return pieces(text, spans).map((piece, index, whole) => {
    if (!piece.spans.length) return piece.text;
    const isOn = piece.spans.some((one) => one.number === focus);
    const ends = piece.spans.filter((one) => !whole[index + 1]?.spans.some((other) => other.number === one.number));
    return html`<mark
        class=${isOn ? "evidence on" : "evidence"}
        onMouseEnter=${() => onFocus(piece.spans[0].number)}
        onMouseLeave=${() => onFocus(null)}
        >${piece.text}</mark
      >${ends.map((one) => html`<sup class="evidence-number" title=${t("evidence.mark", { n: one.number })}>${one.number}</sup>`)}`;
  });
}

function Notes({ segment, edit, actions }) {
  if (edit) {
    return html`<p class="note ok">
      <${Icon} name="memory" /><span>${t("remembered")} <${Undo} segment=${segment} actions=${actions} /></span>
    </p>`;
  }
  // Where a check says what is wrong, that says more than a number.
  const isWrong = segment.flags.some((flag) => flag.severity === "error");
  const isLow = segment.origin === "model" && segment.confidence < LOW_CONFIDENCE && !isWrong;
  const similar = segment.origin === "model" ? segment.memory : null;
  if (!isLow && !segment.flags.length && segment.origin === "model" && !similar) return null;
  return html`<div class="notes">
    <${Origin} segment=${segment} />
    ${
      (isLow || segment.flags.length > 0) &&
      html`<${Flags} flags=${segment.flags}>
      ${
        isLow &&
        html`<li class="flag warn low">
        <${Icon} name="warn" />
        <span>
          <strong>${t("low", { share: percent(segment.confidence) })}</strong>
          ${" "}<span class="flag-detail">${t("low.why")}</span>
        </span>
      </li>`
      }
    <//>`
    }
    ${
      similar &&
      html`<details class="similar">
      <summary>${t("similar", { share: percent(similar.score) })}</summary>
      <p lang="uk">${similar.source}</p>
      <p lang="en">${similar.target}</p>
      <p class="muted">${[similar.author, moment(similar.date)].filter(Boolean).join(", ")}</p>
    </details>`
    }
  </div>`;
}

// Who wrote the English, where it was not the model.
function Origin({ segment }) {
  const { origin, memory, flags } = segment;
  const note = (icon, words, kind = "note") => html`<p class=${kind}><${Icon} name=${icon} /><span>${words}</span></p>`;
  if (origin === "memory") {
    const words = memory?.author ? t("from-memory.by", { who: memory.author }) : t("from-memory");
    return note("memory", words, "note ok");
  }
  if (origin === "glossary") return note("info", t("from-glossary"));
  if (origin !== "source" || flags.length) return null;
  return note("info", segment.language === "en" ? t("left.en") : t("left.other"));
}

function Undo({ segment, actions }) {
  const [fault, setFault] = useState(null);
  const [busy, setBusy] = useState(false);
  async function undo() {
    setBusy(true);
    try {
      await actions.uncorrect(segment);
      // Whoever has gone on to edit meanwhile keeps the box.
      if (!document.querySelector(".editor")) document.getElementById(`pair-${segment.index}`)?.focus();
    } catch (error) {
      setFault(error);
    }
    setBusy(false);
  }
  return html`<button type="button" class="tool inline" disabled=${busy} data-undo onClick=${undo}><${Icon} name="undo" />${t("undo")}</button>
    ${fault && html`<span class="inline-fault" role="alert">${t(`fault.${fault.kind}`)} ${fault.detail}</span>`}`;
}

function Editor({ segment, value, onEditing, actions }) {
  const box = useRef(null);
  const [text, setText] = useState(value);
  const [fault, setFault] = useState(null);
  const [busy, setBusy] = useState(false);
  // Before the page is painted: a key pressed right after must find the box.
  useLayoutEffect(() => {
    box.current.focus();
    box.current.setSelectionRange(box.current.value.length, box.current.value.length);
  }, []);
  function leave() {
    onEditing(null);
    requestAnimationFrame(() => document.getElementById(`pair-${segment.index}`)?.focus());
  }
  async function save(event) {
    event?.preventDefault();
    const wanted = text.trim();
    if (wanted === value.trim()) return leave();
    setBusy(true);
    setFault(null);
    try {
      await actions.correct(segment, wanted);
      leave();
    } catch (error) {
      setFault(error);
      setBusy(false);
    }
  }
  const hint = `editor-hint-${segment.index}`;
  return html`<form class="editor" onSubmit=${save}>
    <label class="off-screen" for=${`editor-${segment.index}`}>${t("editor.label")}</label>
    <${Growing}
      box=${box}
      id=${`editor-${segment.index}`}
      lang="en"
      spellcheck=${true}
      value=${text}
      aria-describedby=${hint}
      onInput=${(event) => setText(event.target.value)}
      onKeyDown=${(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) save(event);
        if (event.key === "Escape") {
          event.stopPropagation();
          leave();
        }
      }}
    />
    ${fault && html`<${InlineFault} fault=${fault} />`}
    <div class="editor-actions">
      <button type="submit" class="button primary small" disabled=${busy || !text.trim()}>${t("save")}</button>
      <button type="button" class="button small" onClick=${leave}>${t("cancel")}</button>
    </div>
    <p id=${hint} class="muted">${t("editor.hint")}</p>
  </form>`;
}

function Recipe({ recipe }) {
  const rows = [
    ["recipe.model", [recipe.model, recipe.revision.slice(0, 12)].filter(Boolean).join(" · ")],
    ["recipe.engine", recipe.engine],
    ["recipe.glossary", recipe.glossary],
    ["recipe.confidence", recipe.confidence],
    ["recipe.version", recipe.version],
  ];
  return html`<details class="recipe">
    <summary>${t("recipe")}</summary>
    <dl>
      ${rows.filter(([, value]) => value).map(([key, value]) => html`<div><dt>${t(key)}</dt><dd lang="en">${value}</dd></div>`)}
    </dl>
  </details>`;
}

const LONG_LINE = 120; // characters: about two lines of a column

// What stands in the place of the pairs while they are made, or when they could not be.
export function PairsToCome({ part, shown, onStop, onRetry, onKey }) {
  if (part?.state === "failed") {
    return html`<section class="pairs" aria-label=${t("pairs.title")}>
      <${FaultBox} fault=${part.fault} onRetry=${onRetry} onKey=${onKey} />
    </section>`;
  }
  const paragraphs = shown
    .split(/\n\s*\n|\n/)
    .filter((line) => line.trim())
    .slice(0, 40);
  const lines = paragraphs.length ? paragraphs : ["", "", ""];
  return html`<section class="pairs" aria-labelledby="pairs-title" aria-busy="true">
    <div class="bar">
      <h2 id="pairs-title">${t("pairs.title")}</h2>
      <${Working} since=${part.since} />
      <span class="spring"></span>
      <${Button} kind="small" icon="close" onClick=${onStop}>${t("stop")}<//>
    </div>
    <div class="columns-head" aria-hidden="true"><span></span><span>${t("column.source")}</span><span>${t("column.english")}</span></div>
    ${lines.map(
      (line) => html`<div class="block waiting">
        <div class="pair">
          <span class="number"></span>
          <p class="source" lang="uk">${line || [html`<span class="bone" />`, html`<span class="bone short" />`]}</p>
          <div class="english" aria-hidden="true">
            <span class="bone" />
            ${line.length > LONG_LINE && html`<span class="bone" />`}
            <span class="bone short" />
          </div>
        </div>
      </div>`,
    )}
  </section>`;
}

// The source alone, where only a blurb was asked for: its evidence still has a place to be shown.
export function SourceAlone({ blocks, evidence, focus, onFocus, onTranslate }) {
  return html`<section class="pairs" aria-labelledby="pairs-title">
    <div class="bar">
      <h2 id="pairs-title">${t("source.title")}</h2>
      <span class="spring"></span>
      ${onTranslate && html`<${Button} kind="small" icon="columns" onClick=${onTranslate}>${t("translate.too")}<//>`}
    </div>
    <div class="source-alone">
      ${blocks.map(({ kind, text }, block) => {
        const segment = { start: 0, end: [...text].length, source: text };
        const mine = evidence.filter((one) => one.block === block);
        return html`<p class=${kind} lang="uk" id=${`block-${block}`}>
          <${Source} segment=${segment} evidence=${mine} focus=${focus} onFocus=${onFocus} />
        </p>`;
      })}
    </div>
  </section>`;
}
