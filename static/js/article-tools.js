// Text size, printing and passing on for the page of an article.
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

function setUpZoom(tools) {
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
    const action = event.target.closest("[data-zoom]")?.dataset.zoom;
    if (!action) return;
    const percent = neighbour(Number(root.dataset.textSize), action);
    show(percent);
    remember(percent);
    announcement.textContent = `Cỡ chữ ${percent}%`;
  });

  show(Number(root.dataset.textSize));
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // no https, or the reader refused
  }
}

function setUpShare(share) {
  const url = share.dataset.share;
  const announcement = share.querySelector("[data-share-announcement]");
  const button = share.querySelector("[data-copy]");
  const label = button.textContent;

  button.addEventListener("click", async () => {
    const done = await copy(url);
    if (!done) window.prompt("Chép địa chỉ này:", url);
    button.textContent = done ? "Đã chép địa chỉ" : label;
    announcement.textContent = done ? "Đã chép địa chỉ" : "";
    setTimeout(() => (button.textContent = label), 4000);
  });

  // The phone's own list of apps, Zalo among them; Zalo has no address for plain links.
  if (navigator.share) {
    const send = share.querySelector("[data-share-with]");
    send.parentElement.hidden = false;
    send.addEventListener("click", () => {
      navigator.share({ title: share.dataset.shareTitle, url }).catch(() => {}); // put away
    });
  }
}

document.querySelectorAll("[data-article-tools]").forEach(setUpZoom);
document.querySelectorAll("[data-share]").forEach(setUpShare);
document.querySelectorAll("[data-print]").forEach((button) => {
  button.addEventListener("click", () => window.print());
});
