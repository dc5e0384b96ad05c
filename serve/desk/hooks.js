// What the desk listens to: the service's readiness, keys, what is dropped on the page; and what it says aloud.
import { useEffect, useRef, useState } from "preact/hooks";
import * as api from "./api.js";
import { taken } from "./files.js";
import { html } from "./html.js";
import { actionOf } from "./shortcuts.js";

const MODEL_POLL_MS = 1500;

// What a screen reader is told; the same words twice must count as news.
export function useAnnouncer() {
  const [said, setSaid] = useState({ words: "", n: 0 });
  const announce = (words) => setSaid(({ n }) => ({ words, n: n + 1 }));
  const region = html`<div class="off-screen" role="status" aria-live="polite">${said.words}${said.n % 2 ? "\u00a0" : ""}</div>`;
  return [region, announce];
}

// The state of the model, its name, and a way to ask again; `onKey(refused)` is called where a key is needed.
export function useModel(onKey) {
  const [model, setModel] = useState({ state: "asked", detail: "" });
  const [name, setName] = useState("");
  const asked = useRef(0);
  async function ask() {
    const mine = (asked.current += 1);
    for (;;) {
      const now = await api.modelState();
      if (asked.current !== mine) return;
      setModel(now);
      if (now.state === "ready") break;
      await new Promise((done) => setTimeout(done, MODEL_POLL_MS));
    }
    try {
      setName((await api.models()).recipe.model);
    } catch (fault) {
      if (fault.kind === "key" || fault.kind === "refused-key") onKey(fault.kind === "refused-key");
    }
  }
  useEffect(() => {
    ask();
    return () => (asked.current += 1);
  }, []);
  return [model, name, ask];
}

// Calls the action that a key press asks for.
export function useShortcuts(actions, singleKeys) {
  useEffect(() => {
    const onKey = (event) => {
      const action = actionOf(event, singleKeys);
      if (!action) return;
      event.preventDefault();
      actions[action]();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });
}

// Takes what is dropped anywhere on the page, and files that are pasted; tells whether something hovers over it.
export function useDrops(receive) {
  const [isDragged, setDragged] = useState(false);
  const latest = useRef(receive);
  latest.current = receive;
  useEffect(() => {
    let depth = 0; // enter and leave come for each element that is crossed
    const enter = (event) => {
      event.preventDefault();
      depth += 1;
      setDragged(true);
    };
    const leave = () => {
      depth -= 1;
      if (depth <= 0) setDragged(false);
    };
    const over = (event) => event.preventDefault();
    const drop = (event) => {
      event.preventDefault();
      depth = 0;
      setDragged(false);
      latest.current(taken(event.dataTransfer));
    };
    const paste = (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      latest.current(taken(event.clipboardData));
    };
    const listeners = { dragenter: enter, dragleave: leave, dragover: over, drop, paste };
    for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener);
    };
  }, []);
  return isDragged;
}
