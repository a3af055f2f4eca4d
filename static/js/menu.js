// The main menu: folds behind a button on narrow screens, and closes what is open on Escape or
// on a click elsewhere. Without this file the menu stands open and its sub-menus still unfold.

const nav = document.querySelector("[data-menu]");

if (nav) {
  const fold = nav.querySelector("[data-menu-fold]");
  const setFolded = (folded) => fold.setAttribute("aria-expanded", String(!folded));
  const openItem = () => nav.querySelector("details[open]");

  fold.addEventListener("click", () => setFolded(fold.getAttribute("aria-expanded") === "true"));

  nav.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const item = openItem();
    if (item) {
      item.open = false;
      item.querySelector("summary").focus();
    } else if (fold.getAttribute("aria-expanded") === "true") {
      setFolded(true);
      fold.focus();
    }
  });

  // A list that would reach out of the window opens towards its middle.
  nav.addEventListener(
    "toggle",
    ({ target: { lastElementChild: list } }) => {
      list.classList.remove("menu__children--back");
      const { right } = list.getBoundingClientRect();
      list.classList.toggle("menu__children--back", right > document.documentElement.clientWidth);
    },
    true,
  );

  document.addEventListener("click", (event) => {
    const item = openItem();
    if (item && !item.contains(event.target)) item.open = false;
  });
}
