// Likely pages under a search box (ARIA combobox), asked for when typing pauses; older answers
// are dropped. Without this the box is a plain form.

const set = (element, values) => {
  for (const name in values) element.setAttribute(name, values[name]);
  return element;
};
const make = (tag, values) => set(document.createElement(tag), values);

const attach = (line) => {
  const input = line.querySelector("input");
  const id = `${input.id}-goi-y`;
  const list = make("div", { id, class: "suggestions", role: "listbox", "aria-label": "Gợi ý" });
  const status = make("p", { class: "visually-hidden", role: "status" });
  const options = list.children;
  let timer, request, chosen;

  const choose = (place) => {
    if (options[chosen]) set(options[chosen], { "aria-selected": false });
    chosen = place;
    if (place < 0) return input.removeAttribute("aria-activedescendant");
    set(options[place], { "aria-selected": true });
    set(input, { "aria-activedescendant": options[place].id });
  };

  const show = (pages) => {
    list.textContent = "";
    choose(-1);
    pages.forEach(({ text, url, label }, at) => {
      const option = make("a", { id: `${id}-${at}`, href: url, role: "option", tabindex: -1 });
      option.append(text, " ", make("small"));
      option.lastChild.textContent = label;
      list.append(option);
    });
    list.hidden = !pages.length;
    set(input, { "aria-expanded": !list.hidden });
    status.textContent = pages.length ? `Có ${pages.length} trang gợi ý. Mũi tên xuống: chọn.` : "";
  };

  const stop = () => {
    clearTimeout(timer);
    if (request) request.abort();
  };

  const close = () => {
    stop();
    show([]);
  };

  const ask = async () => {
    request = new AbortController();
    const { signal } = request;
    try {
      const answer = await fetch(`${line.dataset.search}?q=${encodeURIComponent(input.value)}`, { signal });
      const { suggestions } = await answer.json();
      if (!signal.aborted) show(suggestions);
    } catch {
      // Aborted or offline.
    }
  };

  input.addEventListener("input", () => {
    stop();
    if (input.value.trim().length > 1) timer = setTimeout(ask, 200);
    else show([]);
  });
  input.addEventListener("keydown", (event) => {
    const { length } = options;
    if (!length || event.isComposing) return;
    if (event.key === "ArrowDown") choose(chosen + 1 < length ? chosen + 1 : -1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? length - 1 : chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) options[chosen].click();
    else return;
    event.preventDefault();
  });
  // A press must not take the focus: the list would close under the finger.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  input.addEventListener("blur", close);

  set(input, { role: "combobox", "aria-autocomplete": "list", "aria-controls": id });
  line.append(list, status);
  show([]);
};

document.querySelectorAll("[data-search]").forEach(attach);
