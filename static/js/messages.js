import { each, phrase } from "./phrases.js";

// The button exists only where this script does: without it, it could do nothing.
export function dismissMessages(root) {
  each(root, "[data-dismiss]:not(:has([data-close]))", (notice) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "icon-button";
    button.dataset.close = "";
    button.setAttribute("aria-label", phrase("close"));
    button.innerHTML = CROSS;
    button.addEventListener("click", () => remove(notice));
    notice.append(button);
  });
}

export function showMessage(text, kind = "danger") {
  const notice = document.createElement("div");
  notice.className = `notice ${kind}`;
  notice.dataset.dismiss = "";
  const words = document.createElement("p");
  words.textContent = text;
  notice.append(words);
  const region = document.getElementById("messages");
  region.replaceChildren(notice);
  dismissMessages(region);
  region.scrollIntoView({ block: "nearest" });
}

const CROSS =
  '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" aria-hidden="true"><path d="M18 6 6 18M6 6l12 12"/></svg>';

// The focus must not fall out of the page with the button.
function remove(notice) {
  notice.remove();
  document.getElementById("main").focus({ preventScroll: true });
}
