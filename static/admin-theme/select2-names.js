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
