// The editor's desk: puts the views together and holds what they share.
import { render } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import * as api from "./api.js";
import { Card, numbered } from "./card.js";
import { draftAs, toClipboard } from "./copying.js";
import { KeyDialog, ShortcutsDialog } from "./dialogs.js";
import { Documents, useJobs } from "./documents.js";
import { readBeside } from "./files.js";
import { Header } from "./header.js";
import { useAnnouncer, useDrops, useModel, useShortcuts } from "./hooks.js";
import { html } from "./html.js";
import { language, moment, setLanguage, t } from "./i18n.js";
import { Icon } from "./icons.js";
import { Intake, LIMITS, withFile } from "./intake.js";
import { keep, kept } from "./kept.js";
import { Pairs, PairsToCome, SourceAlone } from "./pairs.js";
import { Button, FaultBox } from "./parts.js";
import { useRun } from "./run.js";
import { isPlain, levelOf, shownSegments } from "./segments.js";
import { lonelyAddress, safeAddress } from "./text.js";

const NOTHING = { text: "", file: null, beside: false };

function Desk() {
  const [liveRegion, announce] = useAnnouncer();
  const [, setShownLanguage] = useState(language());
  const [theme, setTheme] = useState(kept("theme") ?? "auto");
  const [input, setInput] = useState(NOTHING);
  const [limit, setLimit] = useState(Number(kept("limit")) || LIMITS.usual);
  const [dialog, setDialog] = useState(null); // {kind: "shortcuts"} or {kind: "key", refused, then}
  const [singleKeys, setSingleKeys] = useState(kept("single-keys") !== "off");
  const [current, setCurrent] = useState(null);
  const [editing, setEditing] = useState(null);
  const [onlyChecks, setOnlyChecks] = useState(false);
  const [focus, setFocus] = useState(null);
  const [fault, setFault] = useState(null); // of what has no place of its own
  const box = useRef(null);
  const needKey = (refused, then = null) => setDialog({ kind: "key", refused, then });
  const [hasKeys, setHasKeys] = useState(Boolean(api.apiKey()));
  const [model, modelName, askModel] = useModel((refused) => {
    setHasKeys(true);
    needKey(refused);
  });
  const jobs = useJobs(announce);
  const { run, edits, start, stop, clear, open, correct, uncorrect, translateAgain, blurbAgain } = useRun(announce);

  const translation = run?.translation?.state === "done" ? run.translation.value : null;
  const blurb = run?.blurb?.state === "done" ? run.blurb.value : null;
  const evidence = useMemo(() => (blurb ? numbered(blurb.blurb) : []), [blurb]);

  const isCutOff = [run?.fetching, run?.translation, run?.blurb].some((part) => part?.fault?.kind === "offline");
  useEffect(() => {
    if (isCutOff) askModel();
  }, [isCutOff]);

  useEffect(() => {
    document.title = t("title");
  });

  async function begin(wants, given = input) {
    setFault(null);
    setCurrent(null);
    setEditing(null);
    setOnlyChecks(false);
    if (given.file && !given.beside) {
      await submitFile(given.file);
      return;
    }
    const read = given.file ? await readBeside(given.file) : textInput(given.text);
    if (!read) {
      await submitFile(given.file);
      return;
    }
    start(read, wants, limit);
  }

  async function submitFile(file) {
    try {
      await jobs.submit(file);
      setInput(NOTHING);
    } catch (found) {
      failed(found, () => submitFile(file));
    }
  }

  // A fault that may be cured by a key asks for one.
  function failed(found, retry = null) {
    setFault({ found, retry });
    if (found.kind === "key") needKey(false, retry);
    if (found.kind === "offline") askModel();
  }

  function fresh() {
    clear();
    setInput(NOTHING);
    setFault(null);
    setEditing(null);
    requestAnimationFrame(() => box.current?.focus());
  }

  function change() {
    stop();
    clear();
    requestAnimationFrame(() => box.current?.focus());
  }

  // The sentence that has the focus. A key may come before the page has been drawn anew for it.
  function focused() {
    const pair = document.activeElement?.closest?.(".pair");
    return pair ? Number(pair.id.slice("pair-".length)) : null;
  }

  function goTo(index) {
    setCurrent(index);
    requestAnimationFrame(() => {
      const pair = document.getElementById(`pair-${index}`);
      pair?.focus({ preventScroll: true });
      pair?.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
    });
  }

  function step(by, among) {
    if (!among.length) return;
    const here = focused() ?? current ?? -1;
    const next = by > 0 ? among.find(({ index }) => index > here) : among.findLast(({ index }) => index < here);
    goTo((next ?? (by > 0 ? among[0] : among.at(-1))).index);
  }

  const segments = translation ? shownSegments(translation).filter((segment) => !isPlain(segment)) : [];
  const visible = onlyChecks ? segments.filter((segment) => levelOf(segment, edits)) : segments;
  const doubtful = segments.filter((segment) => levelOf(segment, edits));

  function showEvidence(one) {
    const segment = segments.find((part) => part.block === one.block && part.start < one.end && part.end > one.start);
    setOnlyChecks(false);
    if (segment) goTo(segment.index);
    else
      document
        .getElementById(`block-${one.block}`)
        ?.scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
    setFocus(one.number);
  }

  const shortcuts = {
    next: () => step(1, visible),
    previous: () => step(-1, visible),
    nextCheck: () => step(1, doubtful),
    edit: () => {
      const segment = segments.find(({ index }) => index === (focused() ?? current));
      if (segment && segment.origin !== "source") setEditing(segment.index);
    },
    undo: () => document.querySelector(`#pair-${focused() ?? current} [data-undo]`)?.click(),
    copy: async () => {
      if (!translation) return;
      const done = await toClipboard(draftAs("text", translation, edits), "text");
      announce(done ? t("copied", { format: t("format.text") }) : t("copied.not"));
    },
    blurb: () => document.getElementById("headline")?.focus(),
    fresh,
    help: () => setDialog({ kind: "shortcuts" }),
  };

  useShortcuts(shortcuts, singleKeys);
  const isDragged = useDrops(receive);

  function receive(given) {
    if (!given) return;
    clear();
    setFault(null);
    setInput(given.file ? withFile(NOTHING, given.file) : { ...NOTHING, text: given.text });
    requestAnimationFrame(() => box.current?.focus());
  }

  const asked = (part, retry) => ({ onRetry: retry, onKey: () => needKey(part?.fault?.kind === "refused-key", retry) });
  const fetching = run?.fetching;
  const isIntake = !run || run.feed || fetching?.state === "failed";
  const notice = fault
    ? html`<${FaultBox} fault=${fault.found} ...${asked({ fault: fault.found }, fault.retry)} />`
    : fetching?.state === "failed"
      ? html`<${FaultBox} fault=${fetching.fault} ...${asked(fetching, () => start(run.input, run.wants, limit))} />`
      : null;

  return html`
    <a class="skip" href="#main">${t("skip")}</a>
    <${Header}
      model=${model}
      modelName=${modelName}
      theme=${theme}
      hasKey=${hasKeys}
      onLanguage=${(code) => {
        setLanguage(code);
        setShownLanguage(code);
      }}
      onTheme=${(next) => {
        setTheme(next);
        keep("theme", next === "auto" ? null : next);
        if (next === "auto") delete document.documentElement.dataset.theme;
        else document.documentElement.dataset.theme = next;
      }}
      onShortcuts=${shortcuts.help}
      onKey=${() => needKey(false)}
    />
    <main id="main" tabindex="-1" class=${isIntake ? "start" : "work"}>
      <${ModelBanner} model=${model} />
      ${
        isIntake
          ? html`<div class="intro"><p class="lead">${t("lead")}</p></div>
            <${Intake}
              input=${input}
              setInput=${(next) => {
                setInput(next);
                setFault(null);
              }}
              limit=${limit}
              onLimit=${changeLimit}
              onStart=${(wants) => begin(wants)}
              box=${box}
              notice=${notice}
              feed=${run?.feed}
              onFeedItem=${(url) => start({ item: { url }, shown: "" }, { translation: true, blurb: true }, limit)}
            />`
          : html`<${Subject} run=${run} translation=${translation} blurb=${blurb} onFresh=${fresh} onChange=${change} />
            ${fault && notice}
            <div class=${run.blurb ? "sheet" : "sheet single"}>
              <div class="sheet-main">
                ${
                  translation
                    ? html`<${Pairs}
                      translation=${translation}
                      edits=${edits}
                      evidence=${evidence}
                      focus=${focus}
                      onFocus=${setFocus}
                      current=${current}
                      onCurrent=${setCurrent}
                      editing=${editing}
                      onEditing=${setEditing}
                      onlyChecks=${onlyChecks}
                      onOnlyChecks=${setOnlyChecks}
                      actions=${{ correct, uncorrect, announce, toCheck: (by) => step(by, doubtful) }}
                    />`
                    : run.translation || fetching
                      ? html`<${PairsToCome}
                          part=${run.translation ?? fetching}
                          shown=${run.shown}
                          onStop=${change}
                          ...${asked(run.translation, () => translateAgain())}
                        />`
                      : blurb &&
                        html`<${SourceAlone}
                          blocks=${blurb.blocks}
                          evidence=${evidence}
                          focus=${focus}
                          onFocus=${setFocus}
                          onTranslate=${() => translateAgain()}
                        />`
                }
              </div>
              ${
                run.blurb &&
                html`<aside class="sheet-side" aria-label=${t("card.title")}>
                <${Card}
                  part=${run.blurb}
                  limit=${limit}
                  onLimit=${changeLimit}
                  focus=${focus}
                  onFocus=${setFocus}
                  onShow=${showEvidence}
                  onStop=${run.translation ? null : change}
                  announce=${announce}
                  ...${asked(run.blurb, () => blurbAgain(limit))}
                />
              </aside>`
              }
            </div>`
      }
      <${Documents} jobs=${jobs.jobs} onForget=${jobs.forget} put=${jobs.put} onFault=${failed} onOpen=${(draft) => {
        setFault(null);
        open(draft);
      }} />
    </main>
    <footer class="foot">
      <p>${t("foot")}</p>
      <p><a href="openapi.json">${t("foot.api")}</a></p>
      <button type="button" class="tool inline wide-only" onClick=${shortcuts.help}>
        <${Icon} name="keyboard" />${t("shortcuts")} <kbd>?</kbd>
      </button>
    </footer>
    ${isDragged && html`<div class="drop" aria-hidden="true"><p><${Icon} name="file" />${t("drop")}</p></div>`}
    ${
      dialog?.kind === "shortcuts" &&
      html`<${ShortcutsDialog}
      singleKeys=${singleKeys}
      onSingleKeys=${(on) => {
        setSingleKeys(on);
        keep("single-keys", on ? null : "off");
      }}
      onClose=${() => setDialog(null)}
    />`
    }
    ${
      dialog?.kind === "key" &&
      html`<${KeyDialog}
      refused=${dialog.refused}
      onDone=${(saved) => {
        const { then } = dialog;
        setDialog(null);
        if (!saved) return;
        setHasKeys(true);
        setFault(null);
        askModel();
        then?.();
      }}
    />`
    }
    ${liveRegion}
  `;

  function changeLimit(next) {
    setLimit(next);
    keep("limit", String(next));
  }
}

function ModelBanner({ model }) {
  if (model.state === "failed") {
    return html`<div class="banner" role="alert">
      <${Icon} name="error" />
      <p><strong>${t("model.failed.title")}</strong> <span lang="en">${model.detail}</span></p>
    </div>`;
  }
  if (model.state !== "starting") return null;
  return html`<div class="banner calm">
    <span class="spinner" aria-hidden="true"></span>
    <p>${t("model.starting.why")}</p>
  </div>`;
}

// What is being worked on: title, source, time, and the way to the next item.
function Subject({ run, translation, blurb, onFresh, onChange }) {
  const title =
    translation?.draft.title ||
    blurb?.title ||
    run.about?.title ||
    run.shown.split("\n").find((line) => line.trim()) ||
    translation?.draft.name ||
    run.input?.item.url ||
    "";
  const url = safeAddress(translation?.draft.url || blurb?.blurb.url || run.item?.url || "");
  const published = translation?.draft.published || blurb?.blurb.published || run.about?.published;
  const from = translation?.draft.source || blurb?.blurb.source || run.about?.source;
  return html`<div class="subject">
    <div class="subject-words">
      <p class="subject-title" lang="uk">${title}</p>
      ${
        (from || published || url) &&
        html`<p class="muted">
        ${[from, published && moment(published)].filter(Boolean).join(" · ")}
        ${url && html`${(from || published) && " · "}<a href=${url} target="_blank" rel="noopener noreferrer">${t("original")}</a>`}
      </p>`
      }
    </div>
    <div class="subject-actions">
      ${run.input && html`<${Button} icon="edit" onClick=${onChange}>${t("change")}<//>`}
      <${Button} icon="text" onClick=${onFresh}>${t("fresh")}<//>
    </div>
  </div>`;
}

const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function textInput(text) {
  const url = lonelyAddress(text);
  return url ? { item: { url }, shown: "" } : { item: { text }, shown: text };
}

render(html`<${Desk} />`, document.getElementById("desk"));
