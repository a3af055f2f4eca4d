// How the reader wants to see the site: text size and theme, from “Hiển thị” in the header and
// from the tools of an article, which always agree. early.js has already applied what was
// remembered and noted it on <html data-text-size data-theme>.

const STEPS = [80, 90, 100, 110, 125, 150, 175, 200]; // per cent of the usual size
const root = document.documentElement;
const control = document.querySelector("[data-display]");

function remember(key, value, words) {
  document.querySelector("[data-display-announcement]").textContent = words;
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is switched off: the choice holds for this page only.
  }
}

function neighbour(percent, action) {
  if (action === "out") return STEPS.findLast((step) => step < percent) ?? STEPS[0];
  if (action === "in") return STEPS.find((step) => step > percent) ?? STEPS.at(-1);
  return 100;
}

function showSize(percent) {
  root.dataset.textSize = String(percent);
  root.style.setProperty("--zoom", String(percent / 100));
  for (const value of document.querySelectorAll("[data-zoom-value]")) {
    value.textContent = `${percent}%`;
  }
  // aria-disabled, not disabled: a button that vanishes from the keyboard's way under the
  // reader's finger would drop the focus to the top of the page.
  for (const button of document.querySelectorAll("[data-zoom]")) {
    const last = { out: STEPS[0], in: STEPS.at(-1) }[button.dataset.zoom];
    if (last) button.setAttribute("aria-disabled", String(percent === last));
  }
}

function setSize(percent) {
  showSize(percent);
  remember("text-size", String(percent), `Cỡ chữ ${percent}%`);
}

function showTheme(theme) {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  control.querySelector(`input[value="${theme}"]`).checked = true;
}

document.addEventListener("click", ({ target }) => {
  const action = target.closest("[data-zoom]")?.dataset.zoom;
  if (action) setSize(neighbour(Number(root.dataset.textSize), action));
  if (!control.contains(target)) control.open = false;
});

control.addEventListener("change", ({ target }) => {
  showTheme(target.value);
  remember("theme", target.value, `Giao diện: ${target.labels[0].textContent.trim()}`);
});

control.querySelector("[data-display-reset]").addEventListener("click", () => {
  setSize(100);
  showTheme("auto");
  remember("theme", "auto", "Đã trở về cỡ chữ và giao diện ban đầu");
});

control.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !control.open) return;
  control.open = false;
  control.querySelector("summary").focus();
});

// The panel lies over the page: it closes as soon as the reader is elsewhere.
control.addEventListener("focusout", ({ relatedTarget }) => {
  if (relatedTarget && !control.contains(relatedTarget)) control.open = false;
});

showSize(Number(root.dataset.textSize));
showTheme(root.dataset.theme ?? "auto");
