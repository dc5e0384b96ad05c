// A draft or a blurb as plain text, HTML and JSON, and onto the clipboard.
import { safeAddress } from "./text.js";

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text) => text.replace(/[&<>"']/g, (character) => ESCAPES[character]);

// The English of each block, corrections included: [{kind, text}], blocks without words left out.
function englishBlocks(translation, edits) {
  const texts = translation.blocks.map(() => "");
  for (const segment of translation.draft.segments) {
    texts[segment.block] += edited(segment, edits);
  }
  return translation.blocks.map(({ kind }, index) => ({ kind, text: texts[index].trim() })).filter(({ text }) => text);
}

// A segment's English with the white space of its source around it.
export function edited(segment, edits) {
  const edit = edits.get(segment.index);
  if (!edit) return segment.english;
  const [, before, , after] = /^(\s*)([\s\S]*?)(\s*)$/.exec(segment.english);
  return before + edit.english + after;
}

export function draftAs(format, translation, edits) {
  if (format === "json") return JSON.stringify(editedDraft(translation.draft, edits), null, 2);
  const blocks = englishBlocks(translation, edits);
  if (format === "html") return blocksHtml(blocks);
  return blocks.map(({ kind, text }) => (kind === "list-item" ? `- ${text}` : text)).join("\n\n");
}

function editedDraft(draft, edits) {
  const corrected = { origin: "memory", confidence: 1, flags: [] };
  return {
    ...draft,
    segments: draft.segments.map((segment) =>
      edits.has(segment.index) ? { ...segment, english: edited(segment, edits), ...corrected } : segment,
    ),
  };
}

const TAGS = { title: "h1", heading: "h2", "list-item": "li", quote: "blockquote" };

function blocksHtml(blocks) {
  const lines = [];
  blocks.forEach(({ kind, text }, index) => {
    const tag = TAGS[kind] ?? "p";
    const isItem = (other) => other?.kind === "list-item";
    if (tag === "li" && !isItem(blocks[index - 1])) lines.push("<ul>");
    lines.push(`<${tag}>${escaped(text)}</${tag}>`);
    if (tag === "li" && !isItem(blocks[index + 1])) lines.push("</ul>");
  });
  return lines.join("\n");
}

export function blurbAs(format, blurb, { headline, abstract }) {
  if (format === "json") return JSON.stringify({ ...blurb, headline, abstract }, null, 2);
  if (format === "html") return blurbHtml(blurb, headline, abstract);
  return [headline, abstract, blurb.source, blurb.published, blurb.url].filter(Boolean).join("\n");
}

function blurbHtml(blurb, headline, abstract) {
  const address = safeAddress(blurb.url);
  const name = escaped(blurb.source || blurb.url);
  const from = address ? `<a href="${escaped(address)}">${name}</a>` : name;
  const time = blurb.published ? `<time datetime="${escaped(blurb.published)}">${escaped(blurb.published)}</time>` : "";
  const foot = [from, time].filter(Boolean).join(", ");
  const lines = [`<h2>${escaped(headline)}</h2>`, `<p>${escaped(abstract)}</p>`, foot && `<p>${foot}</p>`];
  return ["<article>", ...lines.filter(Boolean), "</article>"].join("\n");
}

// HTML goes on the clipboard twice: as itself, for whoever pastes its source, and as rich text.
export async function toClipboard(text, format) {
  try {
    if (format === "html" && window.ClipboardItem) {
      const rich = {
        "text/plain": new Blob([text], { type: "text/plain" }),
        "text/html": new Blob([text], { type: "text/html" }),
      };
      await navigator.clipboard.write([new ClipboardItem(rich)]);
    } else {
      await navigator.clipboard.writeText(text);
    }
    return true;
  } catch {
    return oldClipboard(text);
  }
}

// Beyond loopback without TLS browsers offer no `navigator.clipboard`; this older way works there.
function oldClipboard(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "off-screen";
  const before = document.activeElement;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  before?.focus();
  return done;
}
