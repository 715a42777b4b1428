import { announce } from "./announce.js";
import { each, phrase } from "./phrases.js";

export function easeForms(root) {
  each(root, "form:not([data-eased])", easeForm);
  each(root, "[data-suggest-time-zone]", suggestTimeZone);
  each(root, "[data-drop]:not([data-eased])", easeDrop);
  if (root === document) document.querySelector("[data-focus]")?.focus();
}

// A form that is on its way is not sent again. The button is not disabled: then its value would not be sent.
function easeForm(form) {
  form.dataset.eased = "";
  if (form.method !== "post") return;
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent !== undefined) return event.preventDefault();
    if (event.defaultPrevented) return;
    form.dataset.sent = "";
    event.submitter?.setAttribute("aria-busy", "true");
    announce(phrase("busy"));
  });
  form.addEventListener("htmx:afterRequest", () => settle(form));
  window.addEventListener("pageshow", () => settle(form));
}

function settle(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}

// The browser knows where its clock is; a choice made by a person is left alone.
function suggestTimeZone(field) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const untouched = !field.value || field.value === "UTC";
  if (!untouched || !zone) return;
  if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === zone)) return;
  field.value = zone;
}

function easeDrop(zone) {
  zone.dataset.eased = "";
  const input = zone.querySelector("input[type=file]");
  const mark = (on) => (event) => {
    event.preventDefault();
    zone.classList.toggle("over", on);
  };
  zone.querySelector("[data-drop-hint]").hidden = false;
  zone.addEventListener("dragover", mark(true));
  zone.addEventListener("dragleave", mark(false));
  zone.addEventListener("drop", (event) => {
    mark(false)(event);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
