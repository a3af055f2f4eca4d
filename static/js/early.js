// Runs before the first paint (a blocking script): says that scripts work, and restores the
// reader's text size, so that nothing jumps afterwards. It must never throw: a browser that
// refuses localStorage simply shows the usual size.
(() => {
  const root = document.documentElement;
  root.classList.add("has-js");
  let percent = 100;
  try {
    percent = Number(localStorage.getItem("text-size")) || 100;
  } catch {
    // Storage is switched off.
  }
  percent = Math.min(200, Math.max(80, percent));
  root.dataset.textSize = String(percent);
  root.style.setProperty("--zoom", String(percent / 100));
})();
