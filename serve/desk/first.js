// Runs before anything is drawn, so that the page never flashes in the wrong colours or language.
(() => {
  const root = document.documentElement;
  const kept = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null; // storage is switched off: the browser's own wishes count
    }
  };
  const theme = kept("vistka.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  const wishes = [kept("vistka.language"), ...(navigator.languages ?? [navigator.language])];
  const known = wishes
    .map((wish) => (wish ?? "").slice(0, 2).toLowerCase())
    .find((code) => code === "uk" || code === "en");
  root.lang = known ?? "en";
})();
