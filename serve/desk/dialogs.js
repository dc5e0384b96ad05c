// The two questions that the desk asks in a box of their own: which key, and which shortcuts there are.
import { useState } from "preact/hooks";
import { apiKey, setApiKey } from "./api.js";
import { html } from "./html.js";
import { t } from "./i18n.js";
import { Dialog } from "./parts.js";
import { SHORTCUTS } from "./shortcuts.js";

export function KeyDialog({ refused, onDone }) {
  const [key, setKey] = useState(apiKey());
  function save(event) {
    event.preventDefault();
    setApiKey(key.trim());
    onDone(true);
  }
  return html`<${Dialog} title=${t("key.title")} onClose=${() => onDone(false)}>
    <form onSubmit=${save}>
      ${refused && html`<p class="inline-fault" role="alert">${t("fault.refused-key")}</p>`}
      <p>${t("key.why")}</p>
      <div class="field">
        <label for="key">${t("key.label")}</label>
        <input
          id="key"
          type="password"
          autofocus
          autocomplete="off"
          spellcheck=${false}
          value=${key}
          onInput=${(event) => setKey(event.target.value)}
        />
      </div>
      <p class="muted">${t("key.kept")}</p>
      <div class="dialog-actions">
        ${
          apiKey() &&
          html`<button type="button" class="button" onClick=${() => {
            setApiKey("");
            onDone(true);
          }}>${t("key.forget")}</button>`
        }
        <button type="submit" class="button primary">${t("key.save")}</button>
      </div>
    </form>
  <//>`;
}

export function ShortcutsDialog({ singleKeys, onSingleKeys, onClose }) {
  return html`<${Dialog} title=${t("shortcuts")} onClose=${onClose}>
    <table class="shortcuts">
      <thead class="off-screen">
        <tr><th scope="col">${t("shortcuts.keys")}</th><th scope="col">${t("shortcuts.what")}</th></tr>
      </thead>
      <tbody>
        ${SHORTCUTS.map(
          ({ keys, what }) => html`<tr>
            <td>${keys.map((key) => html`<kbd>${key}</kbd>${" "}`)}</td>
            <td>${t(what)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
    <label class="choice">
      <input type="checkbox" checked=${singleKeys} onChange=${(event) => onSingleKeys(event.target.checked)} />
      ${t("shortcuts.single")}
    </label>
    <p class="muted">${t("shortcuts.layout")}</p>
  <//>`;
}
