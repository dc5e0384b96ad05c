// Keys of the desk. Single keys go by their place on the keyboard, so they work in the Ukrainian layout too, count only
// outside of text boxes, and can be switched off (WCAG 2.1.4).
export const SHORTCUTS = [
  { keys: ["Ctrl", "Enter"], what: "shortcut.start" },
  { keys: ["J", "↓"], what: "shortcut.next", codes: ["KeyJ", "ArrowDown"], action: "next" },
  { keys: ["K", "↑"], what: "shortcut.previous", codes: ["KeyK", "ArrowUp"], action: "previous" },
  { keys: ["F"], what: "shortcut.check", codes: ["KeyF"], action: "nextCheck" },
  { keys: ["E", "Enter"], what: "shortcut.edit", codes: ["KeyE", "Enter"], action: "edit" },
  { keys: ["U"], what: "shortcut.undo", codes: ["KeyU"], action: "undo" },
  { keys: ["C"], what: "shortcut.copy", codes: ["KeyC"], action: "copy" },
  { keys: ["B"], what: "shortcut.blurb", codes: ["KeyB"], action: "blurb" },
  { keys: ["N"], what: "shortcut.new", codes: ["KeyN"], action: "fresh" },
  { keys: ["Esc"], what: "shortcut.leave" },
  { keys: ["?"], what: "shortcut.help", codes: [], action: "help" },
];

const TYPING = "input, textarea, select, [contenteditable], dialog";
const OWN_KEYS = new Set(["ArrowDown", "ArrowUp", "Enter"]);

// The action that a key press asks for, or "".
export function actionOf(event, singleKeys) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return "";
  // Arrows and Enter mean something to whatever has the focus; only a sentence leaves them to the desk.
  if (OWN_KEYS.has(event.code)) {
    if (!event.target.matches?.(".pair")) return "";
  } else if (!singleKeys) {
    return "";
  }
  if (event.key === "?") return "help";
  return SHORTCUTS.find(({ codes }) => codes?.includes(event.code))?.action ?? "";
}
