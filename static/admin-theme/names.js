// Names what the widgets of Django leave nameless.

// Select2 names its boxes after the chosen value, so that an empty box has no name at all.
// Here each takes the words of its field's label first.
function nameBoxes(root) {
  for (const select of root.querySelectorAll("select.select2-hidden-accessible")) {
    const label = select.labels[0];
    const box = select.nextElementSibling?.querySelector(".select2-selection");
    const value = box?.querySelector(".select2-selection__rendered");
    if (!label || !value) continue;
    label.id ||= `${select.id}_label`;
    for (const part of [box, value]) {
      part.setAttribute("aria-labelledby", `${label.id} ${value.id}`);
    }
  }
}

// Through jQuery's own queue, so that it runs after what makes the boxes. Pages without
// such boxes load no jQuery.
window.django?.jQuery?.(() => nameBoxes(document));
document.addEventListener("formset:added", (event) => nameBoxes(event.target));

// After load, by when double lists are built. A bare span may have no label, and a head cell
// without words heads nothing.
addEventListener("load", () => {
  for (const mark of document.querySelectorAll(".help-tooltip[aria-label]")) mark.role = "img";
  for (const head of document.querySelectorAll("thead th.original:empty")) {
    const cell = document.createElement("td");
    cell.className = head.className;
    head.replaceWith(cell);
  }
});
