// What the desk makes of the segments of a draft.
export const LOW_CONFIDENCE = 0.5;

// "error", "warn" or "": how much a person should look at a segment. What they wrote themselves needs no look.
export function levelOf(segment, edits) {
  if (edits.has(segment.index)) return "";
  const severities = segment.flags.map((flag) => flag.severity);
  if (severities.includes("error")) return "error";
  return severities.includes("warn") || segment.confidence < LOW_CONFIDENCE ? "warn" : "";
}

export function shownSegments(translation) {
  return translation.draft.segments.filter((segment) => segment.source.trim());
}

// What has no words to translate, such as an address or a time: shown once, and not counted as a sentence.
export function isPlain(segment) {
  return segment.origin === "source" && segment.language === "und" && !segment.flags.length;
}
