// Texts as the service counts them: by code points, where JavaScript counts UTF-16 units. An emoji is one, not two.

export function count(text) {
  let n = 0;
  for (const _ of text) n += 1;
  return n;
}

// `text` cut at the code points where any of `spans` begins or ends: [{text, spans: [those that cover it]}].
export function pieces(text, spans) {
  const points = [...text];
  const inside = spans
    .map((span) => ({ ...span, start: Math.max(0, span.start), end: Math.min(points.length, span.end) }))
    .filter((span) => span.start < span.end);
  const cuts = [...new Set([0, points.length, ...inside.flatMap((span) => [span.start, span.end])])].sort(
    (a, b) => a - b,
  );
  return cuts.slice(0, -1).map((from, index) => ({
    text: points.slice(from, cuts[index + 1]).join(""),
    spans: inside.filter((span) => span.start <= from && cuts[index + 1] <= span.end),
  }));
}

// An address and nothing else, or "".
export function lonelyAddress(text) {
  const trimmed = text.trim();
  if (!/^https?:\/\/\S+$/i.test(trimmed)) return "";
  return URL.canParse(trimmed) ? trimmed : "";
}

// What an `href` may be: an item's address comes from outside, and `javascript:` is an address too.
export function safeAddress(address) {
  return address && URL.canParse(address) && /^https?:$/.test(new URL(address).protocol) ? address : "";
}
