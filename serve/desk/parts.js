// Small parts that several views are made of.
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "./html.js";
import { detail, has, t } from "./i18n.js";
import { Icon } from "./icons.js";
import { toClipboard } from "./copying.js";

export function Button({ icon, kind = "", children, ...rest }) {
  return html`<button type="button" class=${`button ${kind}`} ...${rest}>
    ${icon && html`<${Icon} name=${icon} />`}${children}
  </button>`;
}

export function IconButton({ icon, label, kind = "", ...rest }) {
  return html`<button type="button" class=${`icon-button ${kind}`} aria-label=${label} title=${label} ...${rest}>
    <${Icon} name=${icon} />
  </button>`;
}

// A fault beside what it is about.
export function InlineFault({ fault }) {
  return html`<p class="inline-fault" role="alert">
    <${Icon} name="error" />${t(`fault.${fault.kind}`)} <span lang="en">${fault.detail}</span>
  </p>`;
}

export function Working({ since }) {
  return html`<p class="bar-count">
    <span class="spinner" aria-hidden="true"></span>${t("working")} <${Elapsed} since=${since} />
  </p>`;
}

// A text box as high as its text.
export function Growing({ value, box, ...rest }) {
  const own = useRef(null);
  const area = box ?? own;
  useLayoutEffect(() => {
    const fit = () => {
      area.current.style.height = "auto";
      area.current.style.height = `${area.current.scrollHeight + 2}px`;
    };
    fit();
    const watched = new ResizeObserver(fit);
    watched.observe(area.current.parentElement);
    return () => watched.disconnect();
  }, [value]);
  return html`<textarea ref=${area} rows="1" value=${value} ...${rest}></textarea>`;
}

const LEVEL_ICONS = { error: "error", warn: "warn", info: "info" };

// Why a sentence or a blurb should be looked at: a few plain words for each kind of doubt, then what exactly.
export function Flags({ flags, children }) {
  const kinds = new Map();
  for (const flag of flags) {
    const key = `${flag.severity} ${flag.code}`;
    kinds.set(key, [...(kinds.get(key) ?? []), flag]);
  }
  return html`<ul class="flags" role="list">
    ${children}
    ${[...kinds.values()].map((same) => html`<${Flag} ...${same[0]} messages=${same.map(({ message }) => message)} />`)}
  </ul>`;
}

function Flag({ code, severity, messages }) {
  const key = `flag.${code}`;
  const details = [...new Set(messages)].map(detail).filter(({ text }) => text);
  return html`<li class=${`flag ${severity}`}>
    <${Icon} name=${LEVEL_ICONS[severity]} />
    <span>
      <span class="off-screen">${t(`severity.${severity}`)} </span>
      <strong>${has(key) ? t(key) : t("flag.other")}</strong>
      ${details.map(({ text, lang }) => html`${" "}<span class="flag-detail" lang=${lang}>${text}</span>`)}
    </span>
  </li>`;
}

// What went wrong, what to do, and a way to do it.
export function FaultBox({ fault, onRetry, onKey }) {
  const needsKey = fault.kind === "key" || fault.kind === "refused-key";
  const [left, setLeft] = useState(Math.ceil(fault.retryAfter ?? 0));
  useEffect(() => {
    setLeft(Math.ceil(fault.retryAfter ?? 0));
    const timer = setInterval(() => setLeft((seconds) => Math.max(0, seconds - 1)), 1000);
    return () => clearInterval(timer);
  }, [fault]);
  return html`<div class="fault" role="alert">
    <${Icon} name="error" />
    <div>
      <p class="fault-title">${t(`fault.${fault.kind}`)}</p>
      ${fault.detail && html`<p class="fault-detail" lang="en">${fault.detail}</p>`}
      <p class="fault-next">${t(`fault.${fault.kind}.next`)}</p>
      ${needsKey && onKey && html`<${Button} icon="key" onClick=${onKey}>${t("key.enter")}<//>`}
      ${
        !needsKey &&
        onRetry &&
        html`<button type="button" class="button" onClick=${onRetry}>
        <${Icon} name="undo" />${left ? t("retry.in", { n: left }) : t("retry")}
      </button>`
      }
    </div>
  </div>`;
}

const FORMATS = ["text", "html", "json"];

export function CopyButtons({ what, give, announce }) {
  const [copied, setCopied] = useState("");
  const label = useId();
  async function copy(format) {
    const done = await toClipboard(give(format), format);
    announce(done ? t("copied", { format: t(`format.${format}`) }) : t("copied.not"));
    setCopied(done ? format : "");
    setTimeout(() => setCopied(""), 2000);
  }
  return html`<div class="copy" role="group" aria-labelledby=${label}>
    <span id=${label} class="copy-label">
      <${Icon} name="copy" />${t("copy")}<span class="off-screen"> ${what}</span>
    </span>
    ${FORMATS.map(
      (format) => html`<button
        type="button"
        class=${`copy-button ${copied === format ? "done" : ""}`}
        data-copy=${format}
        onClick=${() => copy(format)}
      >
        ${copied === format ? html`<${Icon} name="check" />` : ""}${t(`format.${format}`)}
      </button>`,
    )}
  </div>`;
}

// Seconds since `since`, for eyes only: a screen reader is told of the beginning and the end.
function Elapsed({ since }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return html`<span class="elapsed" aria-hidden="true">${t("seconds", { n: Math.max(0, Math.round((now - since) / 1000)) })}</span>`;
}

export function Dialog({ title, onClose, children }) {
  const box = useRef(null);
  const label = useId();
  useEffect(() => {
    box.current.showModal();
  }, []);
  return html`<dialog ref=${box} aria-labelledby=${label} onClose=${onClose}>
    <header class="dialog-head">
      <h2 id=${label}>${title}</h2>
      <${IconButton} icon="close" label=${t("close")} onClick=${() => box.current.close()} />
    </header>
    ${children}
  </dialog>`;
}
