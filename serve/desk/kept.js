// What the browser keeps for this person. Without storage everything works, but only until the page is left.
const without = new Map();

function store(kind) {
  try {
    return kind === "session" ? sessionStorage : localStorage;
  } catch {
    return null;
  }
}

export function kept(name, kind = "local") {
  return store(kind)?.getItem(`vistka.${name}`) ?? without.get(name) ?? null;
}

export function keep(name, value, kind = "local") {
  const place = store(kind);
  if (value === null) {
    without.delete(name);
    place?.removeItem(`vistka.${name}`);
    return;
  }
  without.set(name, value);
  try {
    place?.setItem(`vistka.${name}`, value);
  } catch {
    // Full or forbidden: the copy in memory stands.
  }
}
