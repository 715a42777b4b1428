import { announce } from "./announce.js";
import { each, phrase } from "./phrases.js";

const BUSY_AT_MOST = 10_000; // a download leaves the page where it is: its form must work again

export function easeForms(root) {
  each(root, "[data-suggest-time-zone]", suggestTimeZone);
  each(root, "[data-drop]:not([data-eased])", easeDrop);
}

// A form on its way is not sent again. Its button is not disabled, or its value would not be sent with it.
export function sendOnce() {
  document.addEventListener("submit", hold, { capture: true });
  document.addEventListener("htmx:afterRequest", (event) => settle(event.target.closest?.("form")));
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(settle));
}

function hold(event) {
  const form = event.target;
  if (form.getAttribute("method")?.toLowerCase() !== "post") return;
  if (form.dataset.sent !== undefined) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = "";
  event.submitter?.setAttribute("aria-busy", "true");
  announce(phrase("busy"));
  setTimeout(() => settle(form), BUSY_AT_MOST);
}

function settle(form) {
  if (!form) return;
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}

// The browser knows where its clock is; a choice made by a person is left alone.
function suggestTimeZone(field) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || (field.value && field.value !== "UTC")) return;
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
