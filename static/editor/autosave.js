// Keeps what is being written in this browser until the server says that it has it, and
// offers it back after a crash, a closed tab or a session that ended.
//
// A draft belongs to one person, one object and one opening of the form: two windows never
// overwrite each other, and nobody is offered what somebody else wrote. Signing out keeps
// drafts. They are texts meant for publication, and an evening's work lost to a good habit
// would be worse than a copy that stays in this browser's profile for at most `KEPT_DAYS`.
// Files, passwords and hidden fields are not kept.

const PREFIX = "dang-viet:" // static/editor/kept.js knows it, too
const KEPT_DAYS = 30
const MOST = 20 // drafts in this browser, whoever's
const OFFERED = 3
const EVERY = 3_000 // ms
const PREVIEW = 240 // characters
const SAVED_COOKIE = "ban-da-luu" // written by portal/editor.py
const LEFT_OUT = new Set(["hidden", "file", "password", "submit", "button", "reset", "image"])

const root = document.querySelector("[data-writing]")
if (root) keepSafe(root, root.closest("form"))

function keepSafe(root, form) {
  const { user, kind, object } = root.dataset
  const isRefused = "refused" in root.dataset // the form came back, so nothing of it is saved
  const base = read() // what the form began with
  const basis = form.querySelector("[type=hidden][name=based_on]")
  const ownKeys = new Set()
  let id
  let isTouched = isRefused
  let isDirty = isRefused
  let isLeaving = false

  // A browser that goes back fills in what the field once held; the attribute is the server's.
  takeName(form.elements.draft.getAttribute("value") || freshName())
  forgetSaved()
  forgetOld()
  watchFields()
  editorsReady().then(() => {
    for (const field of fields().filter(editorOf)) base[field.name] = valueOf(field)
    isTouched = isRefused
    offer()
    setInterval(flush, EVERY)
  })
  for (const words of form.querySelectorAll("[data-take-theirs-words]")) words.hidden = false
  form.querySelector("[data-take-theirs]")?.addEventListener("click", takeTheirs)

  // --- The fields ------------------------------------------------------------------------

  function fields() {
    return [...form.elements].filter(
      (field) =>
        field.name &&
        !LEFT_OUT.has(field.type) &&
        !field.disabled &&
        !field.readOnly &&
        !field.name.includes("__prefix__"),
    )
  }

  function editorOf(field) {
    const editor = window.CKEDITOR?.instances[field.id]
    return editor?.status === "ready" ? editor : null
  }

  function valueOf(field) {
    const editor = editorOf(field)
    if (editor) return [editor.getData()]
    if (field.options) return [...field.selectedOptions].map((option) => option.value)
    return ["checkbox", "radio"].includes(field.type) && !field.checked ? [] : [field.value]
  }

  function read() {
    const values = {}
    for (const field of fields()) (values[field.name] ??= []).push(...valueOf(field))
    return values
  }

  // A list that is filled by searching holds only what was chosen: its words are kept as well.
  function namesOfChoices() {
    const names = {}
    for (const field of fields()) {
      for (const option of field.selectedOptions ?? []) {
        ;(names[field.name] ??= {})[option.value] = option.text
      }
    }
    return names
  }

  async function write(values, names = {}) {
    for (const field of fields().filter((each) => each.name in values)) {
      const list = values[field.name]
      const editor = editorOf(field)
      if (editor) await new Promise((resolve) => editor.setData(list[0] ?? "", resolve))
      else if (field.options) choose(field, list, names[field.name] ?? {})
      else if (["checkbox", "radio"].includes(field.type)) field.checked = list.includes(field.value)
      else field.value = list[0] ?? ""
      field.dispatchEvent(new Event("change", { bubbles: true }))
    }
    isTouched = true
  }

  function choose(field, list, names) {
    for (const value of list) {
      if (![...field.options].some((option) => option.value === value)) {
        field.add(new Option(names[value] ?? value, value))
      }
    }
    for (const option of field.options) option.selected = list.includes(option.value)
  }

  function differing(values, others) {
    return Object.keys(values).filter(
      (name) => name in others && JSON.stringify(values[name]) !== JSON.stringify(others[name]),
    )
  }

  function labelOf(name) {
    const field = fields().find((each) => each.name === name)
    return field.labels?.[0]?.textContent.trim().replace(/:$/, "") || name
  }

  function editorsReady() {
    const areas = [...form.querySelectorAll("textarea[data-type=ckeditortype]")]
    if (!window.CKEDITOR || !areas.length) return Promise.resolve()
    return new Promise((resolve) => {
      const check = () => areas.every(editorOf) && resolve()
      window.CKEDITOR.on("instanceReady", check)
      setTimeout(resolve, 10_000) // where the editor never comes, its plain field does the work
      check()
    })
  }

  function watchFields() {
    const touch = () => {
      isTouched = true
    }
    form.addEventListener("input", touch)
    form.addEventListener("change", touch)
    window.CKEDITOR?.on("instanceReady", ({ editor }) => editor.on("change", touch))
    form.addEventListener("submit", (event) => {
      flush()
      isLeaving = !event.defaultPrevented
    })
    document.addEventListener("visibilitychange", () => document.hidden && flush())
    window.addEventListener("pagehide", flush)
    window.addEventListener("pageshow", (event) => {
      isLeaving = false
      // Under the old name the server may have it; what is written from now on is new.
      if (event.persisted) takeName(freshName())
    })
    window.addEventListener("beforeunload", (event) => {
      flush()
      if (isDirty && !isLeaving) event.preventDefault()
    })
  }

  // --- Keeping ---------------------------------------------------------------------------

  function flush() {
    if (!isTouched) return
    isTouched = false
    const values = read()
    isDirty = isRefused || differing(values, base).length > 0
    const draft = { kind, object, edition: edition(), at: Date.now(), values, names: namesOfChoices() }
    const isKept = isDirty && store(keyOf(id), JSON.stringify(draft))
    if (!isDirty) forget(keyOf(id))
    else if (!isKept) {
      document.dispatchEvent(new CustomEvent("writing:notice", { detail: "no-room" }))
    }
    const line = document.querySelector("[data-kept]")
    line.hidden = !isKept
    line.textContent = `Chưa lưu lên cổng. Bản đang viết được giữ trên máy này lúc ${clock(draft.at)}.`
  }

  function edition() {
    return Number(basis?.value) || null
  }

  function keyOf(name) {
    return `${PREFIX}${user}:${name}`
  }

  // Other windows must not offer what this one is writing, as long as it is open.
  function takeName(name) {
    id = name
    form.elements.draft.value = name
    ownKeys.add(keyOf(name))
    navigator.locks?.request(keyOf(name), () => new Promise(() => {}))
  }

  // What stands in the form stays kept under its name; the form goes on under a new one.
  function setAside() {
    flush()
    if (isDirty) takeName(freshName())
  }

  function forgetSaved() {
    const cookie = document.cookie.split("; ").find((each) => each.startsWith(`${SAVED_COOKIE}=`))
    if (!cookie) return
    for (const name of cookie.slice(SAVED_COOKIE.length + 1).split(".")) forget(keyOf(name))
    document.cookie = `${SAVED_COOKIE}=; path=${root.dataset.cookiePath}; max-age=0; samesite=lax`
  }

  // --- Giving back -----------------------------------------------------------------------

  async function offer() {
    const locks = (await navigator.locks?.query())?.held ?? []
    const open = new Set(locks.map((lock) => lock.name).filter((name) => !ownKeys.has(name)))
    open.add(keyOf(id))
    const shown = read()
    const offers = []
    for (const [key, draft] of everyDraft()) {
      const isMine = key.startsWith(keyOf("")) && draft.kind === kind && draft.object === object
      if (!isMine || open.has(key)) continue
      const changed = differing(draft.values, shown)
      if (changed.length) offers.push(offerOf(key, draft, changed))
      else forget(key)
    }
    root.querySelector("[data-drafts]").replaceChildren(...offers.slice(0, OFFERED))
  }

  function offerOf(key, draft, changed) {
    const offered = root.querySelector("template[data-offer]").content.cloneNode(true)
    const put = (name, words) => {
      offered.querySelector(`[data-${name}]`).textContent = words
    }
    put("moment", `${clock(draft.at)} ngày ${new Date(draft.at).toLocaleDateString("vi-VN")}`)
    put("basis", basisOf(draft))
    put("differs", `Khác với những gì đang hiện bên dưới ở: ${changed.map(labelOf).join(", ")}.`)
    put("preview", preview(changed.map((name) => draft.values[name].join(", "))))
    offered.querySelector("[data-take]").addEventListener("click", () => takeBack(key, draft))
    offered.querySelector("[data-drop]").addEventListener("click", () => {
      if (!window.confirm("Bỏ hẳn bản đang viết dở này?")) return
      forget(key)
      offer()
    })
    return offered
  }

  function basisOf(draft) {
    if (!draft.edition || !edition()) return "Bản này chưa được lưu lên cổng."
    return draft.edition === edition()
      ? `Bản này viết tiếp bản ${draft.edition}, là bản mới nhất trên cổng.`
      : `Bản này viết tiếp bản ${draft.edition}; trên cổng nay đã có bản ${edition()}.`
  }

  async function takeBack(key, draft) {
    setAside()
    await write(draft.values, draft.names)
    // Saved as what it is: written on top of that edition, not of the newest.
    if (draft.edition && basis) basis.value = draft.edition
    flush()
    forget(key)
    await offer()
    fields()[0]?.focus()
  }

  // After a refused save: the other person's text into the fields, mine set aside.
  async function takeTheirs({ currentTarget: button }) {
    const theirs = JSON.parse(document.getElementById("their-values").textContent)
    setAside()
    await write(theirs)
    basis.value = button.dataset.takeTheirs
    flush()
    await offer()
    root.scrollIntoView()
  }
}

function freshName() {
  return crypto.getRandomValues(new Uint32Array(3)).reduce((name, part) => name + part.toString(36), "")
}

function clock(moment) {
  return new Date(moment).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" })
}

function preview(texts) {
  const parsed = new DOMParser().parseFromString(texts.join(" · "), "text/html")
  const words = parsed.body.textContent.replace(/\s+/g, " ").trim()
  return words.length > PREVIEW ? `${words.slice(0, PREVIEW)}…` : words
}

// --- The browser's store, which may be full or switched off --------------------------------

function everyDraft() {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => [key, parsed(localStorage.getItem(key))])
      .sort(([, one], [, other]) => other.at - one.at)
  } catch {
    return []
  }
}

function parsed(text) {
  try {
    const draft = JSON.parse(text)
    return draft?.at && draft.values ? draft : { at: 0, values: {} }
  } catch {
    return { at: 0, values: {} }
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key)
  } catch {
    // Nothing was kept.
  }
}

function forgetOld() {
  const oldest = Date.now() - KEPT_DAYS * 24 * 3600 * 1000
  for (const [index, [key, draft]] of everyDraft().entries()) {
    if (index >= MOST || draft.at < oldest) forget(key)
  }
}

// Makes room by giving up the oldest of the other drafts, but none of them in vain; says whether
// the text is kept.
function store(key, text) {
  const others = everyDraft().filter(([each]) => each !== key)
  const givenUp = []
  for (;;) {
    try {
      localStorage.setItem(key, text)
      return true
    } catch {
      const [oldest] = others.pop() ?? []
      if (!oldest) break
      givenUp.push([oldest, localStorage.getItem(oldest)])
      forget(oldest)
    }
  }
  for (const [other, kept] of givenUp) {
    try {
      localStorage.setItem(other, kept)
    } catch {
      // There was no room for it either.
    }
  }
  return false
}
