// The "Latest news" card: headline and abstract to be edited in place, the verdict, and what in the source bears it out.
import { useEffect, useState } from "preact/hooks";
import { html } from "./html.js";
import { moment, t } from "./i18n.js";
import { Icon } from "./icons.js";
import { Button, CopyButtons, FaultBox, Flags, Growing, Working } from "./parts.js";
import { LimitField } from "./intake.js";
import { blurbAs } from "./copying.js";
import { count, safeAddress } from "./text.js";

const VERDICT_ICONS = { pass: "check", warn: "warn", block: "error" };

// The evidence of a blurb, numbered in reading order, one number for each clause.
export function numbered(blurb) {
  const clauses = [...new Set(blurb.evidence.map((one) => one.clause))];
  return blurb.evidence.map((one) => ({ ...one, number: clauses.indexOf(one.clause) + 1 }));
}

export function Card({ part, limit, onLimit, focus, onFocus, onShow, onRetry, onKey, onStop, announce }) {
  return html`<section class="card" aria-labelledby="card-title" aria-busy=${part.state === "working"}>
    <div class="card-head">
      <h2 id="card-title">${t("card.title")}</h2>
      ${part.state === "working" && html`<${Working} since=${part.since} />`}
    </div>
    ${
      part.state === "working" &&
      html`<div aria-hidden="true">
        ${["", "short", "thin", "thin", "thin short"].map((kind) => html`<span class=${`bone ${kind}`} />`)}
      </div>
      ${onStop && html`<${Button} kind="small" icon="close" onClick=${onStop}>${t("stop")}<//>`}`
    }
    ${part.state === "failed" && html`<${FaultBox} fault=${part.fault} onRetry=${onRetry} onKey=${onKey} />`}
    ${
      part.state === "done" &&
      html`<${Made}
      key=${part.value.blurb}
      blurb=${part.value.blurb}
      made=${part.limit}
      limit=${limit}
      onLimit=${onLimit}
      focus=${focus}
      onFocus=${onFocus}
      onShow=${onShow}
      onRetry=${onRetry}
      announce=${announce}
    />`
    }
  </section>`;
}

function Made({ blurb, made, limit, onLimit, focus, onFocus, onShow, onRetry, announce }) {
  const [headline, setHeadline] = useState(blurb.headline);
  const [abstract, setAbstract] = useState(blurb.abstract);
  const isEdited = headline !== blurb.headline || abstract !== blurb.abstract;
  const address = safeAddress(blurb.url);
  const foot = [blurb.source, blurb.published && moment(blurb.published)].filter(Boolean).join(" · ");
  return html`
    <p class=${`verdict ${blurb.verdict}`}>
      <${Icon} name=${VERDICT_ICONS[blurb.verdict]} />
      <span><strong>${t(`verdict.${blurb.verdict}`)}</strong> ${t(`verdict.${blurb.verdict}.why`)}</span>
    </p>
    <div class="field">
      <label for="headline">${t("headline")}</label>
      <${Growing}
        id="headline"
        class="headline"
        lang="en"
        spellcheck=${true}
        value=${headline}
        onInput=${(event) => setHeadline(event.target.value)}
      />
    </div>
    <div class="field">
      <label for="abstract">${t("abstract")}</label>
      <${Growing}
        id="abstract"
        class="abstract"
        lang="en"
        spellcheck=${true}
        value=${abstract}
        aria-describedby="abstract-count"
        onInput=${(event) => setAbstract(event.target.value)}
      />
      <${Count} text=${abstract} limit=${limit} announce=${announce} />
    </div>
    ${
      isEdited &&
      html`<p class="note edited">
      <${Icon} name="edit" /><span>${t("edited")}
      <button type="button" class="tool inline" onClick=${() => {
        setHeadline(blurb.headline);
        setAbstract(blurb.abstract);
      }}>
        <${Icon} name="undo" />${t("edited.undo")}
      </button></span>
    </p>`
    }
    ${
      (foot || address) &&
      html`<p class="card-foot">
      ${foot}${address && html` ${foot && "· "}<a href=${address} target="_blank" rel="noopener noreferrer">${t("original")}</a>`}
    </p>`
    }
    ${blurb.flags.length > 0 && html`<${Flags} flags=${blurb.flags} />`}
    <${Evidence} blurb=${blurb} focus=${focus} onFocus=${onFocus} onShow=${onShow} />
    <div class="card-actions">
      <${CopyButtons} what=${t("copy.blurb")} give=${(format) => blurbAs(format, blurb, { headline, abstract })} announce=${announce} />
      <div class="again">
        <${LimitField} id="card-limit" limit=${limit} onLimit=${onLimit} />
        ${limit !== made && onRetry && html`<${Button} kind="small" icon="undo" onClick=${onRetry}>${t("again")}<//>`}
      </div>
    </div>
  `;
}

// A count that all see at each key, and that a screen reader hears when typing rests.
function Count({ text, limit, announce }) {
  const used = count(text.trim());
  const over = used - limit;
  const words = over > 0 ? t("count.over", { n: over }) : t("count.left", { n: -over });
  const [first] = useState(text);
  useEffect(() => {
    if (text === first) return undefined;
    const timer = setTimeout(() => announce(words), 900);
    return () => clearTimeout(timer);
  }, [text, limit]);
  return html`<div id="abstract-count" class=${over > 0 ? "count over" : "count"}>
    <meter min="0" max=${limit} value=${Math.min(used, limit)} aria-hidden="true"></meter>
    <span>${over > 0 && html`<${Icon} name="warn" />`}<b>${t("count", { used, limit })}</b> ${words}</span>
  </div>`;
}

function Evidence({ blurb, focus, onFocus, onShow }) {
  const groups = new Map();
  for (const one of numbered(blurb)) groups.set(one.number, [...(groups.get(one.number) ?? []), one]);
  if (!groups.size) return null;
  return html`<div class="evidence-list">
    <h3>${t("evidence")}</h3>
    <ol role="list">
      ${[...groups].map(
        ([number, found]) => html`<li key=${number}>
          <button
            type="button"
            class=${focus === number ? "evidence-item on" : "evidence-item"}
            onMouseEnter=${() => onFocus(number)}
            onMouseLeave=${() => onFocus(null)}
            onFocus=${() => onFocus(number)}
            onBlur=${() => onFocus(null)}
            onClick=${() => onShow(found[0])}
          >
            <span class="evidence-badge">${number}</span>
            <span>
              <span class="evidence-clause" lang="en">${found[0].clause}</span>
              <span class="off-screen">${t("evidence.from")} </span>
              ${found.map((one) => html`<span class="evidence-quote" lang="uk">${one.quote}</span>`)}
            </span>
          </button>
        </li>`,
      )}
    </ol>
  </div>`;
}
