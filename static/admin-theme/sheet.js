// The grid of a result sheet: totals and red rows while typing, keys as in a spreadsheet, and
// pasting a block of cells from one. Without it the same page does all this when it is saved.

const PARTS = {
  received: ["received_online", "received_direct", "carried_over"],
  resolved: ["resolved_early", "resolved_on_time", "resolved_late"],
  pending: ["pending_in_time", "pending_overdue"],
}
// The figure columns of the official form, 3 to 13.
const COLUMNS = Object.entries(PARTS).flatMap(([sum, parts]) => [sum, ...parts])
const FIGURE = /^(\d{1,6}|\d{1,3}\.\d{3})?$/

const form = document.querySelector("[data-sheet]")
if (form) watch(form)

function watch(form) {
  const grid = form.querySelector(".sheet")
  const count = form.elements["rows-TOTAL_FORMS"]
  const leftOpen = document.getElementById("sheet-expected")
  const expected = leftOpen && JSON.parse(leftOpen.textContent)
  const said = form.querySelector("[data-said]")
  const plain = new Intl.NumberFormat("vi-VN")
  const wasRefused = Boolean(document.getElementById("loi"))
  let isDirty = wasRefused

  const rows = () => [...grid.querySelectorAll("[data-row]")]
  const kept = () => rows().filter((row) => !row.querySelector("[data-drop]").checked)
  const input = (row, column) => row.querySelector(`[data-column="${column}"]`)
  const choice = (row) => row.querySelector("select")

  // The number in a cell; an empty one counts 0, null is what is no number.
  function figure(row, column) {
    const typed = input(row, column).value.replace(/\s/g, "")
    return FIGURE.test(typed) ? Number(typed.replace(".", "")) : null
  }

  function sums(row) {
    const found = {}
    for (const [sum, parts] of Object.entries(PARTS)) {
      const figures = parts.map((column) => figure(row, column))
      parts.forEach((column, place) => (found[column] = figures[place]))
      found[sum] = figures.includes(null) ? null : figures.reduce((a, b) => a + b)
    }
    return found
  }

  // Column 6 comes prefilled: alone it says nothing yet about the row.
  const isBegun = (row) => wasRefused || [...row.querySelectorAll("[data-column]")].some((each) => each.dataset.column !== "carried_over" && each.value)

  function judge(row) {
    const found = sums(row)
    for (const sum of Object.keys(PARTS)) {
      const cell = row.querySelector(`[data-derived="${sum}"]`)
      cell.textContent = found[sum] === null ? "–" : plain.format(found[sum])
    }
    for (const part of Object.values(PARTS).flat()) {
      const isWrong = found[part] === null
      input(row, part).toggleAttribute("aria-invalid", isWrong)
      if (isWrong) input(row, part).setAttribute("aria-invalid", "true")
      input(row, part).closest("td").classList.toggle("is-wrong", isWrong)
    }
    const isDropped = row.querySelector("[data-drop]").checked
    row.classList.toggle("is-dropped", isDropped)
    const rest = found.resolved + found.pending
    const isWhole = Object.keys(PARTS).every((sum) => found[sum] !== null)
    const isBroken = !isDropped && isWhole && isBegun(row) && found.received !== rest
    row.firstElementChild.classList.toggle("is-broken", isBroken)
    show(row, "broken", isBroken && `Cột 3 là ${plain.format(found.received)}, cột 7 + cột 11 là ${plain.format(rest)}: ${rest > found.received ? "thừa" : "thiếu"} ${plain.format(Math.abs(rest - found.received))} hồ sơ.`)
    explain(row, found, isDropped)
    return found
  }

  // Asks why column 6 differs from what the period before left open; what was written stays.
  function explain(row, found, isDropped) {
    const field = choice(row).value
    const before = expected && field ? (expected[field] ?? 0) : null
    const differs = before !== null && found.carried_over !== null && found.carried_over !== before
    const note = row.querySelector("[data-why] input")
    show(row, "why", !isDropped && (differs || note.value) && (differs ? `Cột 6 là ${plain.format(found.carried_over)}, cột 11 của kỳ trước là ${plain.format(before)}.` : "Cột 6 nay khớp với kỳ trước."))
  }

  function show(row, name, words) {
    const line = row.querySelector(`[data-${name}]`)
    line.hidden = !words
    if (words) line.querySelector(`[data-${name}-words]`).textContent = words
  }

  function total() {
    const all = kept().map(sums)
    for (const column of COLUMNS) {
      const sum = all.reduce((total, row) => total + (row[column] ?? 0), 0)
      grid.querySelector(`[data-total="${column}"]`).textContent = plain.format(sum)
    }
  }

  function refresh() {
    rows().forEach(judge)
    total()
  }

  function addRow() {
    const made = form.querySelector("[data-new-row]").content.querySelector("[data-row]").cloneNode(true)
    for (const each of made.querySelectorAll("[name], [id], [for]")) {
      for (const name of ["name", "id", "for"]) {
        const value = each.getAttribute(name)
        if (value) each.setAttribute(name, value.replace("__prefix__", count.value))
      }
    }
    count.value = Number(count.value) + 1
    grid.tFoot.before(made)
    return made
  }

  // --- Keys -----------------------------------------------------------------------------------

  function move(cell, down, right) {
    const lines = rows()
    const line = lines.indexOf(cell.closest("[data-row]")) + down
    const across = [...cell.closest("tr").querySelectorAll("[data-column]")]
    const place = across.indexOf(cell) + right
    const target = lines[line]?.querySelectorAll("[data-column]")[place]
    if (!target) return false
    target.focus()
    target.select()
    return true
  }

  grid.addEventListener("keydown", (event) => {
    const cell = event.target
    if (!cell.dataset.column || event.altKey || event.ctrlKey || event.metaKey) return
    const atStart = cell.selectionStart === 0
    const atEnd = cell.selectionEnd === cell.value.length
    const steps = {
      Enter: [event.shiftKey ? -1 : 1, 0],
      ArrowDown: [1, 0],
      ArrowUp: [-1, 0],
      ArrowLeft: atStart && [0, -1],
      ArrowRight: atEnd && [0, 1],
    }
    const step = steps[event.key]
    if (!step) return
    // Enter never saves from within the grid, also not from its last row.
    if (move(cell, ...step) || event.key === "Enter") event.preventDefault()
  })

  // --- A block of cells from a spreadsheet ------------------------------------------------------

  const folded = (words) => words.normalize("NFC").toLocaleLowerCase("vi").replace(/\s+/g, " ").trim()

  // The row of the lĩnh vực called `name`: one that has it, else an empty one that can take it.
  function rowOf(name) {
    const wanted = folded(name)
    const option = [...choice(rows()[0]).options].find((each) => each.value && folded(each.text) === wanted)
    if (!option) return null
    const there = rows().find((row) => choice(row).value === option.value)
    if (there) return there
    const empty = rows().find((row) => !choice(row).value) ?? addRow()
    choice(empty).value = option.value
    return empty
  }

  grid.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "")
    if (!event.target.dataset.column || !/[\t\n]/.test(text)) return
    event.preventDefault()
    const unknown = []
    let line = rows().indexOf(event.target.closest("[data-row]"))
    for (const cells of text.split("\n").map((each) => each.split("\t"))) {
      // A whole row of the form comes with its lĩnh vực before the eleven figures.
      const isWhole = cells.length > COLUMNS.length
      const name = isWhole ? cells.at(-COLUMNS.length - 1) : ""
      const row = isWhole ? rowOf(name) : (rows()[line] ?? addRow())
      line += 1
      if (!row) {
        unknown.push(name.trim())
        continue
      }
      const figures = isWhole ? cells.slice(-COLUMNS.length) : cells
      const first = isWhole ? 0 : COLUMNS.indexOf(event.target.dataset.column)
      figures.slice(0, COLUMNS.length - first).forEach((words, place) => {
        // Sums are not pasted: they follow from the others.
        const target = input(row, COLUMNS[first + place])
        if (target) target.value = words.trim().replace(/^[-–]$/, "")
      })
    }
    isDirty = true
    refresh()
    const missed = unknown.filter(Boolean)
    form.querySelector("[data-missed]").textContent = missed.length ? `Chưa dán được dòng không rõ lĩnh vực: ${missed.join("; ")}.` : ""
    said.textContent = "Đã dán khối ô vào bảng."
  })

  // --- Everything else --------------------------------------------------------------------------

  form.querySelector("[data-add-row]").addEventListener("click", (event) => {
    event.preventDefault()
    const row = addRow()
    refresh()
    choice(row).focus()
    said.textContent = "Đã thêm một dòng."
  })
  form.addEventListener("input", () => {
    isDirty = true
    refresh()
  })
  form.addEventListener("submit", () => (isDirty = false))
  addEventListener("beforeunload", (event) => {
    if (isDirty) event.preventDefault()
  })
  refresh()
}
