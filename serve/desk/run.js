// One item on its way: what was asked, the draft, the blurb, the corrections made since.
import { useRef, useState } from "preact/hooks";
import * as api from "./api.js";
import { t } from "./i18n.js";
import { isPlain, shownSegments } from "./segments.js";

const WORKING = (since) => ({ state: "working", since });

// {state, since | value | fault}. A run: {id, shown, item, about, feed, fetching, translation, blurb}.
export function useRun(announce) {
  const [run, setRun] = useState(null);
  const [edits, setEdits] = useState(new Map());
  const control = useRef(null);

  function stop() {
    control.current?.abort();
    control.current = null;
  }

  function clear() {
    stop();
    setRun(null);
    setEdits(new Map());
  }

  function begin() {
    stop();
    const mine = new AbortController();
    control.current = mine;
    const patch = (change) => {
      if (control.current === mine) setRun((before) => ({ ...before, ...change }));
    };
    return { signal: mine.signal, patch };
  }

  // `input`: {item: {text} | {html} | {url}, shown: source text or ""}; `wants`: {translation, blurb}.
  async function start(input, wants, limit) {
    const { signal, patch } = begin();
    setEdits(new Map());
    setRun({
      id: Date.now(),
      input,
      wants,
      shown: input.shown,
      fetching: null,
      feed: null,
      translation: null,
      blurb: null,
    });
    announce(t("said.working"));
    let item = input.item;
    let about = {};
    if (item.url && !item.text) {
      patch({ fetching: WORKING(Date.now()) });
      try {
        const fetched = await api.fetchAddress(item.url, signal);
        if (fetched.kind === "feed") {
          patch({ fetching: null, feed: fetched });
          announce(t("said.feed", { n: fetched.items.length }));
          return;
        }
        item = { text: fetched.text, url: fetched.url };
        about = aboutOf(fetched);
        patch({ fetching: null, shown: fetched.text });
      } catch (fault) {
        // What stands at an address cannot be put right in the box: say so, and not that the text is wrong.
        if (fault.kind === "input") fault.kind = "address";
        patch({ fetching: { state: "failed", fault } });
        return;
      }
    }
    patch({ item, about });
    const todo = [];
    if (wants.blurb) todo.push(makeBlurb(item, about, limit, signal, patch));
    if (wants.translation) todo.push(translate(item, signal, patch));
    await Promise.all(todo);
  }

  async function translate(item, signal, patch) {
    patch({ translation: WORKING(Date.now()) });
    try {
      const value = await api.translate(item, signal);
      patch({ translation: { state: "done", value } });
      announce(t("said.translated", { n: shownSegments(value).filter((segment) => !isPlain(segment)).length }));
    } catch (fault) {
      patch({ translation: { state: "failed", fault } });
    }
  }

  async function makeBlurb(item, about, limit, signal, patch) {
    patch({ blurb: WORKING(Date.now()) });
    const { format, ...rest } = item; // how a text is read is for translations alone
    try {
      const value = await api.blurb({ ...rest, ...about, max_chars: limit }, signal);
      patch({ blurb: { state: "done", value, limit } });
      announce(t("said.blurb", { verdict: t(`verdict.${value.blurb.verdict}`) }));
    } catch (fault) {
      patch({ blurb: { state: "failed", fault } });
    }
  }

  // A finished document of a job, sentence by sentence.
  function open(translation) {
    begin();
    setEdits(new Map());
    setRun({ id: Date.now(), shown: "", translation: { state: "done", value: translation }, blurb: null });
  }

  // Each of the two can be asked for again, while the other stands or is on its way.
  const again = (task) => (limit) => {
    control.current ??= new AbortController();
    const mine = control.current;
    const patch = (change) => {
      if (control.current === mine) setRun((before) => ({ ...before, ...change }));
    };
    return task === "blurb"
      ? makeBlurb(run.item, run.about, limit, mine.signal, patch)
      : translate(run.item, mine.signal, patch);
  };

  async function correct(segment, english) {
    const source = segment.source.trim();
    const entry = await api.remember({ source, target: english, recipe: run.translation.value.draft.recipe });
    setEdits((before) => new Map(before).set(segment.index, { english, id: entry.id }));
    announce(t("said.remembered"));
  }

  async function uncorrect(segment) {
    await api.takeBack(edits.get(segment.index).id);
    setEdits((before) => {
      const after = new Map(before);
      after.delete(segment.index);
      return after;
    });
    announce(t("said.undone"));
  }

  return {
    run,
    edits,
    start,
    stop,
    clear,
    open,
    correct,
    uncorrect,
    translateAgain: again("translation"),
    blurbAgain: again("blurb"),
  };
}

function aboutOf(page) {
  const about = {};
  if (page.title) about.title = page.title;
  if (page.source) about.source = page.source;
  if (page.published) about.published = page.published;
  return about;
}
