// Line icons, drawn here. They never stand alone: a word or a label is always beside them.
import { html } from "./html.js";

const PATHS = {
  check: "M4 10.5l4 4 8-9",
  warn: "M10 3.2 18 17H2L10 3.2zM10 8.2v4.2M10 14.6v.2",
  error: "M6.7 2.5h6.6l4.2 4.2v6.6l-4.2 4.2H6.7l-4.2-4.2V6.7zM7.3 7.3l5.4 5.4M12.7 7.3l-5.4 5.4",
  info: "M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM10 9v5M10 6v.2",
  edit: "M12.8 3.7l3.5 3.5L7 16.5l-4.2.7.7-4.2zM11 5.5l3.5 3.5",
  undo: "M7.5 4 3.5 8l4 4M3.5 8h8a4.5 4.5 0 0 1 0 9H8",
  memory: "M5 2.8h10v14.4l-5-3.6-5 3.6z",
  copy: "M7 7h10v10H7zM13 7V3H3v10h4",
  file: "M5 2.5h6.5L16 7v10.5H5zM11.5 2.5V7H16",
  link: "M8.4 11.6a3.4 3.4 0 0 0 4.8 0l2.9-2.9a3.4 3.4 0 0 0-4.8-4.8l-1 1M11.6 8.4a3.4 3.4 0 0 0-4.8 0l-2.9 2.9a3.4 3.4 0 0 0 4.8 4.8l1-1",
  text: "M3.5 5h13M3.5 10h13M3.5 15h8",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 1.8v2M10 16.2v2M1.8 10h2M16.2 10h2M4.2 4.2l1.4 1.4M14.4 14.4l1.4 1.4M4.2 15.8l1.4-1.4M14.4 5.6l1.4-1.4",
  moon: "M16.8 12.1A7.2 7.2 0 0 1 7.9 3.2a7.2 7.2 0 1 0 8.9 8.9z",
  auto: "M10 2.5a7.5 7.5 0 1 0 0 15zM10 2.5a7.5 7.5 0 0 1 0 15",
  keyboard: "M2.5 5.5h15v9h-15zM5.5 8.5h.2M8.5 8.5h.2M11.5 8.5h.2M14.5 8.5h.2M6.5 11.7h7",
  key: "M12.8 2.8a4.4 4.4 0 1 1-3 7.6L4 16.2H2.8v-2.4h2v-2h2l1.4-1.4a4.4 4.4 0 0 1 4.6-7.6zM13.8 6.2v.2",
  up: "M5 12.5l5-5 5 5",
  down: "M5 7.5l5 5 5-5",
  close: "M5 5l10 10M15 5L5 15",
  download: "M10 3v9M6 8.5l4 4 4-4M3.5 16.5h13",
  columns: "M3 4h6v12H3zM11 4h6v12h-6z",
};

export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
}
