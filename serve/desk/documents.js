// Documents that are translated as a whole, in the background, with their progress.
import { useEffect, useRef, useState } from "preact/hooks";
import * as api from "./api.js";
import { html } from "./html.js";
import { t } from "./i18n.js";
import { Icon } from "./icons.js";
import { keep, kept } from "./kept.js";
import { Button } from "./parts.js";

const OVER = new Set(["done", "failed", "cancelled"]);
const FOLLOW_AGAIN_MS = 3000;

// Only ids are kept, in this tab alone: what stands in a document stays with the service.
const keptIds = () => JSON.parse(kept("jobs", "session") ?? "[]");

export function useJobs(announce) {
  const [jobs, setJobs] = useState([]);
  const followed = useRef(new Map());

  function put(job) {
    setJobs((before) =>
      before.some((one) => one.id === job.id)
        ? before.map((one) => (one.id === job.id ? { ...one, ...job } : one))
        : [job, ...before],
    );
  }

  async function follow(id) {
    if (followed.current.has(id)) return;
    const control = new AbortController();
    followed.current.set(id, control);
    let state = "";
    while (!control.signal.aborted && !OVER.has(state)) {
      try {
        await api.followJob(
          id,
          (job) => {
            state = job.state;
            put(job);
          },
          control.signal,
        );
      } catch (fault) {
        if (fault.kind === "gone" || fault.kind === "refused-key") return forget(id);
        // The service may be starting again; the job is kept there, so asking later is enough.
      }
      if (!OVER.has(state)) await new Promise((done) => setTimeout(done, FOLLOW_AGAIN_MS));
    }
    followed.current.delete(id);
    if (OVER.has(state)) announce(t(`job.said.${state}`));
  }

  useEffect(() => {
    for (const id of keptIds()) follow(id);
    return () => {
      for (const control of followed.current.values()) control.abort();
    };
  }, []);

  async function submit(file) {
    const job = await api.submitDocument(file);
    keep("jobs", JSON.stringify([job.id, ...keptIds()]), "session");
    put(job);
    announce(t("job.said.queued", { name: job.name }));
    follow(job.id);
  }

  function forget(id) {
    followed.current.get(id)?.abort();
    followed.current.delete(id);
    keep("jobs", JSON.stringify(keptIds().filter((one) => one !== id)), "session");
    setJobs((before) => before.filter((one) => one.id !== id));
  }

  return { jobs, submit, forget, put };
}

export function Documents({ jobs, onForget, onOpen, onFault, put }) {
  if (!jobs.length) return null;
  return html`<section class="documents" aria-labelledby="documents-title">
    <h2 id="documents-title">${t("documents")}</h2>
    <ul role="list">
      ${jobs.map((job) => html`<${Document} key=${job.id} job=${job} ...${{ onForget, onOpen, onFault, put }} />`)}
    </ul>
  </section>`;
}

const STATE_ICONS = { done: "check", failed: "error", cancelled: "close" };

function Document({ job, onForget, onOpen, onFault, put }) {
  const isOver = OVER.has(job.state);
  const [busy, setBusy] = useState(false);
  const guarded = (action) => async () => {
    setBusy(true);
    try {
      await action();
    } catch (fault) {
      onFault(fault);
    }
    setBusy(false);
  };
  async function download() {
    const address = URL.createObjectURL(await api.jobResult(job.id));
    const link = document.createElement("a");
    link.href = address;
    link.download = job.name.replace(/(\.[^.]*)?$/, ".en$1");
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }
  const open = async () => onOpen(await api.jobDraft(job.id));
  const cancel = async () => put(await api.cancelJob(job.id));
  const name = html`<span class="off-screen"> ${job.name}</span>`;
  return html`<li class=${`document ${job.state}`} data-job=${job.state}>
    <div class="document-head">
      <${Icon} name=${STATE_ICONS[job.state] ?? "file"} />
      <strong>${job.name}</strong>
      <span class="muted">${t(`job.${job.state}`)}</span>
    </div>
    ${
      !isOver &&
      html`<div class="document-progress">
      <progress max=${job.segments_total || 1} value=${job.segments_done} aria-label=${t("job.progress", { name: job.name })}></progress>
      <span class="muted">${t("job.sentences", { n: job.segments_total, done: job.segments_done })}${
        job.seconds_left ? ` · ${t("job.left", { n: Math.ceil(job.seconds_left) })}` : ""
      }</span>
    </div>`
    }
    ${job.state === "failed" && html`<p class="document-error" lang="en">${job.error?.detail}</p>`}
    ${
      job.state === "done" &&
      job.flags_raised > 0 &&
      html`<p class="document-flags"><${Icon} name="warn" />${t("job.flags", { n: job.flags_raised })}</p>`
    }
    <div class="document-actions">
      ${
        job.state === "done" &&
        html`<${Button} kind="small" icon="download" disabled=${busy} onClick=${guarded(download)}>${t("download")}${name}<//>
        <${Button} kind="small" icon="columns" disabled=${busy} onClick=${guarded(open)}>${t("open.beside")}${name}<//>`
      }
      ${!isOver && html`<${Button} kind="small" icon="close" disabled=${busy} onClick=${guarded(cancel)}>${t("job.cancel")}${name}<//>`}
      ${isOver && html`<${Button} kind="small quiet" onClick=${() => onForget(job.id)}>${t("job.forget")}${name}<//>`}
    </div>
  </li>`;
}
