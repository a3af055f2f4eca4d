// Asks every so often how things stand with the text being written: who else has it open,
// whether a newer edition was saved, whether the session still holds. Asks once more before
// the form is sent: a session that has ended would turn the form into the sign-in page.

const EVERY = 25_000 // ms; portal/presence.py counts a browser as gone after 90 seconds
const PATIENCE = 8_000 // ms

const root = document.querySelector("[data-writing]")
if (root) watch(root, root.closest("form"))

function watch(root, form) {
  const notices = root.querySelector("[data-notices]")
  const basis = form.querySelector("[type=hidden][name=based_on]")
  let shown = null // which notice
  let wasSignedOut = false
  let timer

  function notify(name) {
    if (name === shown) return
    shown = name
    notices.hidden = !name
    if (!name) return
    const words = root.querySelector(`template[data-notice="${name}"]`).content
    notices.querySelector("[data-notice-text]").replaceChildren(words.cloneNode(true))
  }
  notices.querySelector("[data-close]").addEventListener("click", () => notify(null))
  document.addEventListener("writing:notice", (event) => notify(event.detail))

  function say(selector, words) {
    const line = root.querySelector(selector)
    if (line.textContent !== words) line.textContent = words
    line.hidden = !words
  }

  const token = () => form.elements.csrfmiddlewaretoken.value

  function note(answer) {
    // Signing in anew made the page's own token invalid.
    for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) {
      field.value = answer.token
    }
    say("[data-others]", answer.others ?? "")
    const began = Number(basis?.value)
    say(
      "[data-newer]",
      began && answer.edition > began
        ? `${answer.saved}; bản bạn đang sửa dựa trên bản ${began}. Khi bạn lưu, trang sẽ cho xem hai bản cạnh nhau.`
        : "",
    )
  }

  // How things stand: "fine", or the name of a notice.
  async function ask(method) {
    let response
    try {
      response = await fetch(root.dataset.pulse, {
        method,
        headers: { "X-CSRFToken": token() },
        redirect: "manual",
        cache: "no-store",
        signal: AbortSignal.timeout(PATIENCE),
      })
    } catch {
      return "unreachable"
    }
    if (response.type === "opaqueredirect") return "signed-out"
    // The token may be the reason; a GET needs none and brings a new one.
    if (response.status === 403 && method === "POST") return ask("GET")
    if ([403, 404].includes(response.status)) return "closed"
    if (!response.ok) return "fine" // an error of this address must not stop anybody's work
    const answer = await response.json()
    if (answer.user !== root.dataset.user) return "somebody-else"
    note(answer)
    return "fine"
  }

  async function beat() {
    clearTimeout(timer)
    if (document.hidden) return
    const state = await ask("POST")
    if (state === "fine") {
      notify(wasSignedOut ? "signed-in" : ["signed-in", "no-room"].includes(shown) ? shown : null)
    } else if (state !== "unreachable") {
      notify(state)
    }
    wasSignedOut = state === "signed-out"
    timer = setTimeout(beat, EVERY)
  }

  let mayGo = false
  let isAsking = false
  form.addEventListener("submit", async (event) => {
    if (mayGo) {
      mayGo = false
      return
    }
    event.preventDefault()
    if (isAsking) return
    isAsking = true
    const state = await ask("GET")
    isAsking = false
    if (state === "fine") {
      mayGo = true
      form.requestSubmit(event.submitter)
    } else {
      wasSignedOut ||= state === "signed-out"
      notify(state)
    }
  })

  document.addEventListener("visibilitychange", beat)
  window.addEventListener("focus", () => wasSignedOut && beat())
  window.addEventListener("pagehide", () => {
    if (!root.dataset.object) return
    const farewell = new FormData()
    farewell.set("csrfmiddlewaretoken", token())
    farewell.set("leave", "1")
    navigator.sendBeacon(root.dataset.pulse, farewell)
  })
  window.addEventListener("pageshow", (event) => event.persisted && beat())
  // The page itself has just said who has the text open.
  timer = setTimeout(beat, EVERY)
}
