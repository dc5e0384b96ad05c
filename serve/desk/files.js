// What a person drops or chooses: short texts are shown side by side, anything else goes through as a document.
export const ACCEPTED = ".txt,.md,.markdown,.html,.htm,.docx";
const TEXTS = { txt: "text", md: "markdown", markdown: "markdown", html: "html", htm: "html" };
const MAX_BESIDE_BYTES = 200_000;

export function kindOf(name) {
  const ending = /\.([^.]+)$/.exec(name)?.[1].toLowerCase() ?? "";
  if (ending in TEXTS) return TEXTS[ending];
  return ending === "docx" ? "docx" : "";
}

// Whether the file can be shown sentence against sentence at once.
export function fitsBeside(file) {
  return kindOf(file.name) in { text: 1, markdown: 1, html: 1 } && file.size <= MAX_BESIDE_BYTES;
}

// The request for a file that fits: {item, shown}; null where it is no UTF-8, which the service itself can tell better.
export async function readBeside(file) {
  const kind = kindOf(file.name);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    if (kind === "html") return { item: { html: text }, shown: "" };
    return { item: kind === "markdown" ? { text, format: "markdown" } : { text }, shown: text };
  } catch {
    return null;
  }
}

// Files, a link or a text out of a drop or a paste.
export function taken(transfer) {
  const file = transfer.files?.[0];
  if (file) return { file };
  const link = transfer
    .getData("text/uri-list")
    .split("\n")
    .find((line) => line && !line.startsWith("#"));
  const text = link || transfer.getData("text/plain");
  return text ? { text } : null;
}
