// The top of the page: what this is, whether the model is there, and the reader's own switches.
import { html } from "./html.js";
import { LANGUAGES, language, t } from "./i18n.js";
import { Icon } from "./icons.js";
import { IconButton } from "./parts.js";

const STATE_ICONS = { ready: "check", failed: "error", offline: "error" };
const THEME_ICONS = { auto: "auto", light: "sun", dark: "moon" };
export const THEMES = Object.keys(THEME_ICONS);

export function Header({ model, modelName, onLanguage, theme, onTheme, onShortcuts, hasKey, onKey, children }) {
  const icon = STATE_ICONS[model.state];
  return html`<header class="top">
    <div class="top-inner">
      <h1 class="brand"><img src="desk/icon.svg" alt="" width="28" height="28" /><span>Vistka</span><small>${t("desk")}</small></h1>
      <p class=${`model ${model.state}`} role="status">
        ${model.state === "starting" && html`<span class="spinner" aria-hidden="true"></span>`}
        ${icon && html`<${Icon} name=${icon} />`}
        <span>${t(`model.${model.state}`)}</span>
        ${model.state === "ready" && modelName && html`<span class="model-name" lang="en">${modelName}</span>`}
      </p>
      <span class="spring"></span>
      ${children}
      <div class="switch" role="group" aria-label=${t("language")}>
        ${Object.entries(LANGUAGES).map(
          ([code, name]) => html`<button
            type="button"
            lang=${code}
            aria-pressed=${language() === code}
            aria-label=${name}
            title=${name}
            onClick=${() => onLanguage(code)}
          >
            ${code === "uk" ? "Укр" : "Eng"}
          </button>`,
        )}
      </div>
      <button
        type="button"
        class="icon-button"
        data-theme-switch
        aria-label=${t("theme", { now: t(`theme.${theme}`) })}
        title=${t("theme", { now: t(`theme.${theme}`) })}
        onClick=${() => onTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length])}
      >
        <${Icon} name=${THEME_ICONS[theme]} />
      </button>
      ${hasKey && html`<${IconButton} icon="key" label=${t("key.title")} onClick=${onKey} />`}
      <${IconButton} kind="wide-only" icon="keyboard" label=${t("shortcuts")} onClick=${onShortcuts} />
    </div>
  </header>`;
}
