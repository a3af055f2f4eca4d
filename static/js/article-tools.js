// Text size and printing for `includes/_article_tools.html`.
// early.js has already applied the remembered size and noted it on <html data-text-size>.

const STEPS = [80, 90, 100, 110, 125, 150, 175, 200]; // per cent of the usual size
const root = document.documentElement;

function remember(percent) {
  try {
    localStorage.setItem("text-size", String(percent));
  } catch {
    // Storage is switched off: the size holds for this page only.
  }
}

function neighbour(percent, action) {
  if (action === "out") return STEPS.findLast((step) => step < percent) ?? STEPS[0];
  if (action === "in") return STEPS.find((step) => step > percent) ?? STEPS.at(-1);
  return 100;
}

function setUp(tools) {
  const button = (action) => tools.querySelector(`[data-zoom="${action}"]`);
  const announcement = tools.querySelector("[data-zoom-announcement]");

  function show(percent) {
    root.dataset.textSize = String(percent);
    root.style.setProperty("--zoom", String(percent / 100));
    tools.querySelector("[data-zoom-value]").textContent = `${percent}%`;
    // aria-disabled, not disabled: a button that vanishes from the keyboard's way under the
    // reader's finger would drop the focus to the top of the page.
    button("out").setAttribute("aria-disabled", String(percent === STEPS[0]));
    button("in").setAttribute("aria-disabled", String(percent === STEPS.at(-1)));
  }

  tools.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (pressed?.hasAttribute("data-print")) {
      window.print();
    } else if (pressed) {
      const percent = neighbour(Number(root.dataset.textSize), pressed.dataset.zoom);
      show(percent);
      remember(percent);
      announcement.textContent = `Cỡ chữ ${percent}%`;
    }
  });

  show(Number(root.dataset.textSize));
}

document.querySelectorAll("[data-article-tools]").forEach(setUp);
