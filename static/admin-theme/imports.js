// Importing a file. The form is sent by script so that long files show how far they are, and so
// that a refused file leaves everything as it was typed; without script it is a plain form.

const POLL_EVERY = 1000; // ms
const upload = document.querySelector("[data-progress]");

function show(shown, sentence, done, total) {
  const bar = shown.querySelector("progress");
  shown.hidden = false;
  shown.querySelector("[data-sentence]").textContent = sentence;
  if (total) {
    bar.max = total;
    bar.value = done;
  } else {
    bar.removeAttribute("value");
  }
}

async function poll(address, shown, isOver) {
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" } });
    const { sentence, done, total } = await response.json();
    if (isOver()) return;
    const counted = total ? ` (${done.toLocaleString("vi")} trên ${total.toLocaleString("vi")})` : "";
    show(shown, sentence + counted, done, total);
  } catch {
    // The next look may have more luck.
  }
}

function send(form) {
  const request = new XMLHttpRequest(); // fetch does not tell how much was sent
  const shown = form.querySelector("[data-progress-shown]");
  const button = form.querySelector("button[type=submit]");
  const isOver = () => request.readyState === XMLHttpRequest.DONE;
  let polling;

  function stop(errors) {
    clearInterval(polling);
    button.disabled = false;
    shown.hidden = true;
    const box = form.querySelector("[data-errors]");
    box.hidden = false;
    box.querySelector("ul").replaceChildren(
      ...errors.map((error) => Object.assign(document.createElement("li"), { textContent: error })),
    );
    box.focus();
  }

  request.upload.addEventListener("progress", (event) => {
    const percent = Math.floor((100 * event.loaded) / event.total);
    show(shown, `Đang gửi tệp: ${percent}%`, event.loaded, event.total);
  });
  request.upload.addEventListener("load", () => {
    show(shown, "Đang đọc tệp");
    polling = setInterval(() => poll(form.dataset.progress, shown, isOver), POLL_EVERY);
  });
  request.addEventListener("error", () =>
    stop(["Mất kết nối với máy chủ, tệp chưa được nhập. Hãy kiểm tra mạng rồi gửi lại."]),
  );
  request.addEventListener("load", () => {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      // A page instead: signed out, or too large.
    }
    if (answer.url) {
      clearInterval(polling);
      location.assign(answer.url);
    } else {
      stop(
        answer.errors ?? [
          request.status === 413
            ? "Tệp lớn quá mức cho phép (20 MB). Hãy chia thành nhiều kỳ hoặc bỏ bớt trang tính."
            : "Máy chủ không nhận được tệp. Hãy tải lại trang, đăng nhập nếu cần, rồi gửi lại.",
        ],
      );
    }
  });
  button.disabled = true;
  form.querySelector("[data-errors]").hidden = true;
  show(shown, "Đang gửi tệp", 0, 1);
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.send(new FormData(form));
}

upload?.addEventListener("submit", (event) => {
  event.preventDefault();
  send(upload);
});

// Decisions are sent once, however often the button is pressed.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  // The way back in the browser shows the page as it was left.
  addEventListener("pageshow", () => delete form.dataset.sent);
}
