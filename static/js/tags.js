// Suggestions below a field for tags. Without this script the field takes names with commas, as it says.
import { each } from "./phrases.js";

const WAIT = 180; // milliseconds after the last key

each(document, "input[data-tags]", ease);
document.addEventListener("htmx:load", (event) => each(event.target, "input[data-tags]:not([data-eased])", ease));

function ease(input) {
  input.dataset.eased = "";
  const list = document.createElement("ul");
  list.className = "tags suggestions";
  list.setAttribute("aria-label", input.dataset.offered);
  input.after(list);
  let timer;
  let asked = 0;
  const ask = async () => {
    const turn = ++asked;
    const { typed, chosen } = parts(input);
    const query = new URLSearchParams({ typed, without: chosen.join(",") });
    const response = await fetch(`${input.dataset.tags}?${query}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (turn === asked && response?.ok) show(list, await response.text());
  };
  input.addEventListener("focus", ask, { once: true });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-tag]");
    if (!button) return;
    const { chosen } = parts(input);
    input.value = [...chosen, button.dataset.tag, ""].join(", ");
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
    ask();
  });
}

// What is typed at the moment is the part behind the last comma.
function parts(input) {
  const names = input.value.split(",").map((name) => name.trim());
  const typed = names.pop() ?? "";
  return { typed, chosen: names.filter(Boolean) };
}

// The server answers with our own markup, names escaped.
function show(list, html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  list.replaceChildren(holder.content);
}
