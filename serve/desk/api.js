// The service, as the desk sees it. Every fault leaves here as a `Fault` with what a person needs to know.
import { keep, kept } from "./kept.js";

export class Fault extends Error {
  // kind: offline, stopped, key, refused-key, not-allowed, busy, limit, quota, too-large, unsupported, input, gone,
  // late, model, failed. `detail` is the service's own sentence, in English; `retryAfter` in seconds or null.
  constructor(kind, detail = "", { status = 0, retryAfter = null } = {}) {
    super(detail || kind);
    Object.assign(this, { kind, detail, status, retryAfter });
  }
}

const KINDS = {
  401: "key",
  403: "refused-key",
  404: "gone",
  413: "too-large",
  415: "unsupported",
  429: "limit",
  456: "quota",
  503: "busy",
  504: "late",
};

function kindOf(status) {
  return KINDS[status] ?? (status >= 500 ? "failed" : "input");
}

export function apiKey() {
  return kept("key", "session") ?? "";
}

export function setApiKey(key) {
  keep("key", key || null, "session");
}

// The page may stand behind a prefix of a proxy, so addresses are counted from where it is.
const at = (path) => new URL(path, document.baseURI);

async function send(path, { method = "GET", json, form, signal, accept = "application/json" } = {}) {
  const headers = { Accept: accept };
  if (apiKey()) headers.Authorization = `Bearer ${apiKey()}`;
  if (json !== undefined) headers["Content-Type"] = "application/json";
  const body = json !== undefined ? JSON.stringify(json) : form;
  try {
    return await fetch(at(path), { method, headers, body, signal, cache: "no-store", credentials: "same-origin" });
  } catch (error) {
    throw asFault(error);
  }
}

function asFault(error) {
  if (error instanceof Fault) return error;
  return new Fault(error.name === "AbortError" ? "stopped" : "offline");
}

async function problem(response) {
  let told = {};
  try {
    told = await response.json();
  } catch {
    // A proxy's error page: the status says what there is to say.
  }
  return faultOf(told, response.status, response.headers.get("Retry-After"));
}

function faultOf(told, status, retryAfterHeader) {
  const retryAfter = Number.parseFloat(retryAfterHeader ?? told.retry_after_s);
  // 503 is a full queue, which says when to come again, or a model that cannot work, which does not.
  const kind = status === 503 && !Number.isFinite(retryAfter) ? "failed" : kindOf(status);
  return new Fault(kind, String(told.detail ?? told.title ?? ""), {
    status,
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : null,
  });
}

async function answer(path, options) {
  const response = await send(path, options);
  if (!response.ok) throw await problem(response);
  if (response.status === 204) return null;
  let told;
  try {
    told = await response.json();
  } catch (error) {
    throw error.name === "AbortError" ? new Fault("stopped") : new Fault("failed");
  }
  // A slow answer has begun with 200 before it was known how it ends: its error stands in the body.
  if (told && typeof told.status === "number" && told.status >= 400) throw faultOf(told, told.status, null);
  return told;
}

// --- what the desk asks for

// "ready", "starting", "failed" or "offline".
export async function modelState() {
  try {
    const response = await send("readyz");
    if (response.ok) return { state: "ready", detail: "" };
    const told = await response.json().catch(() => ({}));
    const failed = (told.state ?? told.status) === "failed";
    return { state: failed ? "failed" : "starting", detail: String(told.detail ?? told.error ?? "") };
  } catch {
    return { state: "offline", detail: "" };
  }
}

export const models = () => answer("v1/models");

export async function translate(item, signal) {
  const told = await answer("v1/translate", { method: "POST", json: item, signal });
  return told.translations[0];
}

export const blurb = (item, signal) => answer("v1/blurb", { method: "POST", json: item, signal });

export async function fetchAddress(url, signal) {
  return (await answer("v1/fetch", { method: "POST", json: { url }, signal })).fetched;
}

export async function remember({ source, target, recipe }) {
  return (await answer("v1/memory", { method: "POST", json: { source, target, recipe } })).entry;
}

export const takeBack = (id) => answer("v1/memory/undo", { method: "POST", json: { id } });

export function submitDocument(file) {
  const form = new FormData();
  form.append("file", file, file.name);
  return answer("v1/documents", { method: "POST", form });
}

const job = (id) => `v1/jobs/${encodeURIComponent(id)}`;

export const jobs = async () => (await answer("v1/jobs")).jobs;
export const cancelJob = (id) => answer(`${job(id)}/cancel`, { method: "POST" });
export const deleteJob = (id) => answer(job(id), { method: "DELETE" });

// A job's draft as a translation has it: its blocks put together from their sentences.
export async function jobDraft(id) {
  const draft = await answer(`${job(id)}/draft`);
  const blocks = [];
  for (const { block, source } of draft.segments) {
    while (blocks.length <= block) blocks.push({ kind: "paragraph", text: "" });
    blocks[block].text += source;
  }
  const first = blocks.find(({ text }) => text.trim());
  if (draft.title && first?.text.trim() === draft.title) first.kind = "title";
  return { draft, blocks };
}

export async function jobResult(id) {
  const response = await send(`${job(id)}/result`, { accept: "*/*" });
  if (!response.ok) throw await problem(response);
  return response.blob();
}

// Calls `tell(job)` for each event of a job until it is over or `signal` says stop. `EventSource` can send no key.
export async function followJob(id, tell, signal) {
  const response = await send(`${job(id)}/events`, { accept: "text/event-stream", signal });
  if (!response.ok) throw await problem(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value).split(/\r\n\r\n|\n\n|\r\r/);
      rest = events.pop();
      for (const event of events) {
        const data = event
          .split(/\r\n|\n|\r/)
          .filter((line) => line.startsWith("data:"))
          .map((line) => line.slice(5).trimStart());
        if (data.length) tell(JSON.parse(data.join("\n")));
      }
    }
  } catch (error) {
    throw asFault(error);
  }
}
