// The words of the interface, in two languages. `t(key, {name})` fills `{name}`; where a value is an object its
// forms are chosen by the plural rules of the language for `{n}`.
import { keep } from "./kept.js";

export const LANGUAGES = { uk: "Українська", en: "English" };

const words = Object.fromEntries(
  await Promise.all(
    Object.keys(LANGUAGES).map(async (code) => [
      code,
      await (await fetch(new URL(`./i18n/${code}.json`, import.meta.url))).json(),
    ]),
  ),
);

export function language() {
  return document.documentElement.lang === "uk" ? "uk" : "en";
}

export function setLanguage(code) {
  document.documentElement.lang = code;
  keep("language", code);
}

export function has(key) {
  return key in words[language()];
}

export function t(key, values = {}) {
  const found = words[language()][key];
  if (found === undefined) throw new Error(`no words for ${key}`);
  const text = typeof found === "string" ? found : found[new Intl.PluralRules(language()).select(values.n)];
  return text.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? new Intl.NumberFormat(language()).format(value) : String(value);
  });
}

// What a check says, which the service writes in English, in the reader's language: {text, lang}. The table matches its
// sentences; one that it does not know stays as it is.
export function detail(message) {
  for (const [pattern, wanted] of words[language()].details) {
    const found = new RegExp(pattern, "s").exec(message);
    if (found) return { text: wanted.replace(/\{(\d)\}/g, (_, n) => found[n]), lang: language() };
  }
  return { text: /[.!?…]$/.test(message) ? message : `${message}.`, lang: "en" };
}

// A day and time as this reader writes it, in the zone of the item itself: a newsroom goes by its own clock.
export function moment(iso) {
  const zoned = /([+-])(\d\d):?(\d\d)$/.exec(iso);
  const minutes = zoned ? (zoned[1] === "-" ? -1 : 1) * (Number(zoned[2]) * 60 + Number(zoned[3])) : 0;
  const shifted = new Date(new Date(iso).getTime() + minutes * 60_000);
  const shown = new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "uk-UA", {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: "UTC",
  }).format(shifted);
  return zoned ? `${shown} (UTC${zoned[1]}${zoned[2]}:${zoned[3]})` : `${shown} (UTC)`;
}

export function percent(share) {
  return new Intl.NumberFormat(language(), { style: "percent", maximumFractionDigits: 0 }).format(share);
}

export function size(bytes) {
  const [unit, value] = bytes < 1_000_000 ? ["kilobyte", bytes / 1000] : ["megabyte", bytes / 1_000_000];
  const digits = { maximumFractionDigits: value < 10 ? 1 : 0 };
  return new Intl.NumberFormat(language(), { style: "unit", unit, unitDisplay: "short", ...digits }).format(value);
}
