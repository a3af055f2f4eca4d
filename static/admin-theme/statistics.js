// What happens on the site right now. Asks every ten seconds, but not while the page is in the
// background or halted; without script the page has a link that loads it again.

const EVERY = 10_000; // ms
const SAID_EVERY = 60_000; // ms between two sentences to a screen reader
const page = document.querySelector("[data-live]");
const halt = page.querySelector("[data-halt]");
const state = page.querySelector("[data-state]");
const said = page.querySelector("[data-said]");
let timer;
let lastSaid = Date.now();

const all = (name) => page.querySelectorAll(`[data-${name}]`);

function show({ at, figures, summary, ticks, labels, columns, minutes, pages }) {
  for (const place of all("figure")) place.textContent = figures[place.dataset.figure];
  all("tick").forEach((tick, index) => (tick.textContent = ticks[index]));
  all("label").forEach((label, index) => (label.textContent = labels[index]));
  all("minute").forEach((minute, index) => (minute.textContent = minutes[index][0]));
  all("views").forEach((views, index) => (views.textContent = minutes[index][1]));
  all("words").forEach((words, index) => (words.textContent = columns[index].words));
  all("bar").forEach((bar, index) => {
    bar.setAttribute("y", columns[index].y);
    bar.setAttribute("height", columns[index].height);
  });
  const template = page.querySelector("[data-page]").content;
  page.querySelector("[data-pages]").replaceChildren(
    ...pages.map(({ title, url, views }) => {
      const row = template.cloneNode(true);
      Object.assign(row.querySelector("a"), { textContent: title, href: url });
      row.querySelector("td").textContent = views;
      return row;
    }),
  );
  page.querySelector("[data-nothing]").hidden = pages.length > 0;
  state.classList.remove("is-lost");
  state.textContent = `Tính đến ${at}.`;
  if (Date.now() - lastSaid >= SAID_EVERY) {
    lastSaid = Date.now();
    said.textContent = summary;
  }
}

async function refresh() {
  try {
    const response = await fetch(page.dataset.live, { headers: { Accept: "application/json" } });
    if (response.redirected || response.status === 403) {
      stop();
      tell("Phiên làm việc đã hết. Hãy tải lại trang và đăng nhập.");
      return;
    }
    if (!response.ok) throw new Error(response.status);
    show(await response.json());
  } catch {
    tell("Chưa nối được với máy chủ; đang hiện số liệu của lần trước và sẽ tự thử lại.");
  }
}

function tell(words) {
  state.classList.add("is-lost");
  state.textContent = words;
  said.textContent = words;
}

function stop() {
  clearInterval(timer);
  timer = undefined;
}

function start() {
  if (timer || document.hidden || halt.getAttribute("aria-pressed") === "true") return;
  timer = setInterval(refresh, EVERY);
  refresh();
}

halt.hidden = false;
halt.addEventListener("click", () => {
  const isHalted = halt.getAttribute("aria-pressed") !== "true";
  halt.setAttribute("aria-pressed", isHalted);
  if (isHalted) stop();
  else start();
});
document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
start();
