// Where an item comes in: one box for a text or a link, a button for a file, and the whole page takes drops.
import { useRef } from "preact/hooks";
import { html } from "./html.js";
import { moment, size, t } from "./i18n.js";
import { Icon } from "./icons.js";
import { ACCEPTED, fitsBeside, kindOf } from "./files.js";
import { Button, IconButton } from "./parts.js";
import { count, lonelyAddress } from "./text.js";

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

export const LIMITS = { least: 40, most: 2000, usual: 200 };

export function LimitField({ limit, onLimit, id }) {
  return html`<label class="limit" for=${id}>
    ${t("limit")}
    <input
      id=${id}
      type="number"
      inputmode="numeric"
      min=${LIMITS.least}
      max=${LIMITS.most}
      step="10"
      value=${limit}
      onChange=${(event) => {
        const given = Math.round(event.target.valueAsNumber) || LIMITS.usual;
        const kept = Math.min(LIMITS.most, Math.max(LIMITS.least, given));
        event.target.value = kept;
        onLimit(kept);
      }}
    />
    ${t("limit.unit")}
  </label>`;
}

export function Intake({ input, setInput, limit, onLimit, onStart, box, notice, feed, onFeedItem }) {
  const chooser = useRef(null);
  const address = lonelyAddress(input.text);
  const characters = count(input.text.trim());
  const ready = Boolean(input.file || characters);

  function submit(event) {
    event.preventDefault();
    begin({ translation: true, blurb: true });
  }

  function begin(wants) {
    if (ready) onStart(wants);
    else box.current?.focus();
  }

  const showExample = () => setInput({ ...input, text: t("example.text") });

  return html`<form class="intake" onSubmit=${submit} aria-labelledby="intake-title">
    <h2 id="intake-title" class="off-screen">${t("intake.title")}</h2>
    ${
      input.file
        ? html`<${FileCard} input=${input} setInput=${setInput} />`
        : html`<div class="box">
          <label class="off-screen" for="source-box">${t("intake.label")}</label>
          <textarea
            id="source-box"
            ref=${box}
            class="source-box"
            rows="9"
            spellcheck=${false}
            placeholder=${t("intake.placeholder")}
            aria-describedby="source-hint"
            value=${input.text}
            onInput=${(event) => setInput({ ...input, text: event.target.value })}
            onKeyDown=${(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
            }}
          ></textarea>
          <div class="box-foot">
            <p id="source-hint" class=${characters ? "box-hint" : "box-hint drop-hint"}>
              ${
                address
                  ? html`<${Icon} name="link" />${t("intake.is-link", { host: new URL(address).host })}`
                  : characters
                    ? html`<${Icon} name="text" />${t("characters", { n: characters })}`
                    : t("intake.hint")
              }
            </p>
            <span class="spring"></span>
            ${!characters && html`<${Button} kind="small quiet" onClick=${showExample}>${t("example")}<//>`}
            <${Button} kind="small" icon="file" onClick=${() => chooser.current.click()}>${t("choose.file")}<//>
          </div>
        </div>`
    }
    <input
      ref=${chooser}
      type="file"
      class="off-screen"
      tabindex="-1"
      aria-hidden="true"
      accept=${ACCEPTED}
      onChange=${(event) => {
        const file = event.target.files[0];
        event.target.value = "";
        if (file) setInput(withFile(input, file));
      }}
    />
    ${notice}
    <div class="intake-actions">
      <button type="submit" class="button primary">
        ${input.file && !input.beside ? t("start.file") : address ? t("start.link") : t("start.both")}
        <kbd class="key-hint" aria-hidden="true">${IS_MAC ? "⌘" : "Ctrl"} ↵</kbd>
      </button>
      ${
        (!input.file || input.beside) &&
        html`<${Button} onClick=${() => begin({ translation: false, blurb: true })}>${t("start.blurb")}<//>
        <${LimitField} id="limit" limit=${limit} onLimit=${onLimit} />`
      }
    </div>
    ${feed && html`<${Feed} feed=${feed} onItem=${onFeedItem} />`}
  </form>`;
}

export function withFile(input, file) {
  return { ...input, file, beside: fitsBeside(file) };
}

function FileCard({ input, setInput }) {
  const { file, beside } = input;
  const known = kindOf(file.name) !== "";
  const choice = (value, key) => html`<label class="choice">
    <input type="radio" name="beside" checked=${beside === value} onChange=${() => setInput({ ...input, beside: value })} />
    ${t(key)}
  </label>`;
  return html`<div class="box file-card">
    <div class="file-name">
      <${Icon} name="file" />
      <strong>${file.name}</strong>
      <span class="muted">${size(file.size)}</span>
      <span class="spring"></span>
      <${IconButton} icon="close" label=${t("file.remove", { name: file.name })} onClick=${() => setInput({ ...input, file: null })} />
    </div>
    ${
      !known
        ? html`<p class="muted">${t("file.unknown")}</p>`
        : fitsBeside(file)
          ? html`<fieldset class="choices">
            <legend>${t("file.how")}</legend>
            ${choice(true, "file.beside")} ${choice(false, "file.job")}
          </fieldset>`
          : html`<p class="muted">${t("file.only-job")}</p>`
    }
  </div>`;
}

function Feed({ feed, onItem }) {
  return html`<section class="feed" aria-labelledby="feed-title">
    <h3 id="feed-title">${t("feed.title", { name: feed.title || new URL(feed.url).host })}</h3>
    <ul>
      ${feed.items.map(
        (item) => html`<li>
          <button type="button" class="feed-item" disabled=${!item.url} onClick=${() => onItem(item.url)}>
            <strong lang="uk">${item.title || item.url}</strong>
            ${item.published && html`<span class="muted">${moment(item.published)}</span>`}
          </button>
        </li>`,
      )}
    </ul>
  </section>`;
}
