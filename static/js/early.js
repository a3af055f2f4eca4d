// Runs before the first paint (a blocking script): says that scripts work, and restores the
// reader's text size and theme, so that nothing jumps or flashes afterwards. It must never
// throw: a browser that refuses localStorage simply shows the usual page.
(() => {
  const root = document.documentElement;
  root.classList.add("has-js");
  let percent = 100;
  let theme = "";
  try {
    percent = Number(localStorage.getItem("text-size")) || 100;
    theme = localStorage.getItem("theme");
  } catch {
    // Storage is switched off.
  }
  percent = Math.min(200, Math.max(80, percent));
  root.dataset.textSize = String(percent);
  root.style.setProperty("--zoom", String(percent / 100));
  // No attribute: the theme follows the device (tokens.css).
  if (["light", "dark", "contrast"].includes(theme)) root.dataset.theme = theme;
  // What the reader has put away of the strip above the page (static/js/alerts.js).
  try {
    const versions = JSON.parse(localStorage.getItem("alerts-put-away") ?? "[]");
    if (versions.length) {
      const sheet = new CSSStyleSheet();
      for (const version of versions.filter((each) => /^[\w-]+$/.test(each))) {
        sheet.insertRule(`[data-alert-version="${version}"] { --put-away: none; --put-back: inline }`);
      }
      document.adoptedStyleSheets = [sheet];
    }
  } catch {
    // Nothing was stored, or an old browser: alerts.js hides it a moment later.
  }
})();
