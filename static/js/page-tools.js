// Printing a page and passing it on.

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

document.querySelectorAll("[data-share]").forEach(setUpShare);
document.querySelectorAll("[data-print]").forEach((button) => {
  button.addEventListener("click", () => window.print());
});
