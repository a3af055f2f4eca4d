// Says on a page that took the place of the editor (the session had ended, the form's token was
// no longer valid) that what was just written is kept on this machine.

const PREFIX = "dang-viet:" // static/editor/autosave.js
const JUST_NOW = 10 * 60 * 1000 // ms

function keptJustNow() {
  try {
    return Object.keys(localStorage).some(
      (key) => key.startsWith(PREFIX) && Date.now() - JSON.parse(localStorage.getItem(key)).at < JUST_NOW,
    )
  } catch {
    return false
  }
}

document.querySelector("[data-kept]").hidden = !keptJustNow()
