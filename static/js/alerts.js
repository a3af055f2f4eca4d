// Lets a reader put away what they have read in the strip above every page. It is remembered
// by version: an alert whose words or grade change comes back. What is dangerous folds, and
// opens again. early.js hides what was put away before the page is first painted.

const KEY = "alerts-put-away";
const REMEMBERED = 20; // versions
const strip = document.querySelector("[data-alerts]");
const alerts = [...strip.querySelectorAll("[data-alert-version]")];

function putAway() {
  try {
    const versions = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(versions) ? versions : [];
  } catch {
    return []; // storage is switched off, or holds what we did not write
  }
}

function remember(version, isAway) {
  const versions = putAway().filter((each) => each !== version);
  if (isAway) versions.push(version);
  try {
    localStorage.setItem(KEY, JSON.stringify(versions.slice(-REMEMBERED)));
  } catch {
    // Put away for this page only.
  }
}

function show(alert, isAway) {
  alert.style.setProperty("--put-away", isAway ? "none" : "block");
  alert.style.setProperty("--put-back", isAway ? "inline" : "none");
  alert.querySelector("[aria-expanded]")?.setAttribute("aria-expanded", String(!isAway));
  // An empty strip is no place to be led to.
  strip.hidden = alerts.every((each) => getComputedStyle(each).display === "none");
}

// The button is gone with its alert: the keyboard goes on from the next one.
function moveFocus(alert) {
  const isVisible = (button) => button.offsetParent !== null;
  const buttons = alerts.map((each) => each.querySelector("[data-alert-button]"));
  const after = buttons.slice(alerts.indexOf(alert)).filter(Boolean).find(isVisible);
  (after ?? document.querySelector("header a")).focus({ preventScroll: true });
}

for (const alert of alerts) {
  const version = alert.dataset.alertVersion;
  const button = alert.querySelector("[data-alert-button]");
  show(alert, putAway().includes(version));
  button?.addEventListener("click", () => {
    const isAway = button.getAttribute("aria-expanded") !== "false";
    remember(version, isAway);
    show(alert, isAway);
    if (!button.hasAttribute("aria-expanded")) moveFocus(alert);
  });
}
