// Files in forms: a text fills the field below it, a name suggests the title, a bar shows how far it is.
import { showMessage } from "./messages.js";
import { each } from "./phrases.js";

const MEGABYTE = 1024 * 1024;
const HEADING = /^\s*#\s+(.+?)\s*#*\s*(?:\n|$)/;
const kept = new Map(); // what was chosen, while the form is replaced

each(document, "form[data-upload]", ease);
document.addEventListener("htmx:load", (event) => each(event.target, "form[data-upload]:not([data-upload-eased])", ease));

function ease(form) {
  form.dataset.uploadEased = "";
  form.querySelectorAll("input[type=file]").forEach((input) => {
    bringBack(input);
    input.addEventListener("change", () => chosen(form, input));
  });
  form.addEventListener("htmx:beforeRequest", () => keep(form));
  form.addEventListener("htmx:xhr:progress", (event) => progress(form, event.detail));
}

function chosen(form, input) {
  const [file] = input.files;
  if (!file) return;
  if (file.size > Number(form.dataset.most) * MEGABYTE) {
    showMessage(form.dataset.tooLarge.replace("%s", file.name));
    input.value = "";
    return;
  }
  if (input.matches("[data-text-file]")) fillText(form, input, file);
  else suggestTitle(form, titleOf(file.name));
}

// The text goes into the field where it can be read and changed; what stands there already is left alone.
async function fillText(form, input, file) {
  const body = form.elements.body;
  if (body.value.trim() || !/\.(md|txt)$/i.test(file.name)) return;
  const text = (await file.text()).replaceAll("\r\n", "\n");
  const heading = HEADING.exec(text);
  const untitled = !form.elements.title.value.trim();
  body.value = heading && untitled ? text.slice(heading[0].length).trimStart() : text;
  suggestTitle(form, heading?.[1] ?? titleOf(file.name));
  input.value = "";
  body.dispatchEvent(new Event("input", { bubbles: true }));
  body.focus({ preventScroll: true });
  body.setSelectionRange(0, 0);
}

function suggestTitle(form, words) {
  const title = form.elements.title;
  if (!title.value.trim()) title.value = words.slice(0, 160);
}

function titleOf(name) {
  const words = name.replace(/\.[^.]*$/, "").replace(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function progress(form, { loaded, total, lengthComputable }) {
  if (!lengthComputable || !total) return;
  const box = form.querySelector("[data-progress]");
  const percent = Math.round((100 * loaded) / total);
  box.hidden = false;
  box.querySelector("progress").value = percent;
  box.querySelector("[data-progress-words]").textContent = `${percent} %`;
}

// A form that comes back with a question has lost its file: browsers let no page name one.
function keep(form) {
  kept.clear();
  form.querySelectorAll("input[type=file]").forEach((input) => {
    if (input.files.length) kept.set(input.name, input.files);
  });
}

function bringBack(input) {
  const files = kept.get(input.name);
  if (files && !input.files.length) input.files = files;
}

// 413 comes with the form and all that was typed; a whole page instead is the server's own refusal.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if ([409, 413].includes(xhr.status) && xhr.responseText.trimStart().startsWith("<form")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
