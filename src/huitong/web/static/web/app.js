// What pages gain when scripts run. Every page works without this file.
"use strict";

(() => {
  document.documentElement.classList.remove("no-js");

  // An error summary takes the focus, so that a screen reader reads it first.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  document.addEventListener("click", async (event) => {
    const printer = event.target.closest("[data-print]");
    if (printer) window.print();

    const copier = event.target.closest("[data-copy]");
    if (copier) {
      const text = document.getElementById(copier.dataset.copy).textContent;
      try {
        await navigator.clipboard.writeText(text);
        copier.querySelector("[data-label]").textContent = copier.dataset.copied;
      } catch {
        // Clipboard needs a secure context; the text stays selectable by hand.
        window.getSelection().selectAllChildren(document.getElementById(copier.dataset.copy));
      }
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  // Upload with the true number of bytes sent; the server's answer then replaces the page.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-upload]");
    if (!form) return;
    event.preventDefault();
    const box = form.querySelector("[data-progress]");
    const bar = box.querySelector("progress");
    const words = box.querySelector("output");
    const button = form.querySelector("[type=submit]");
    box.hidden = false;
    button.disabled = true;

    const request = new XMLHttpRequest();
    request.open("POST", form.action || window.location.href);
    request.upload.addEventListener("progress", (step) => {
      if (!step.lengthComputable) return;
      bar.max = step.total;
      bar.value = step.loaded;
      words.textContent = `${Math.floor((100 * step.loaded) / step.total)} %`;
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      words.textContent = box.dataset.sent;
    });
    request.addEventListener("load", () => {
      if (request.status < 400 && request.responseURL !== (form.action || window.location.href)) {
        window.location.assign(request.responseURL);
        return;
      }
      const answer = new DOMParser().parseFromString(request.responseText, "text/html");
      document.querySelector("main").replaceWith(answer.querySelector("main"));
      document.title = answer.title;
      const errors = document.querySelector("[data-error-summary]");
      if (errors) errors.focus();
    });
    request.addEventListener("error", () => {
      button.disabled = false;
      bar.value = 0;
      words.textContent = box.dataset.failed;
    });
    request.send(new FormData(form));
  });
})();
