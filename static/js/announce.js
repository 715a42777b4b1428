// What a swap changed is said aloud: the words of `data-announce` in the new part.
export function announceSwaps() {
  document.addEventListener("htmx:afterSettle", (event) => {
    const part = event.detail.elt;
    const words = part.dataset?.announce ?? part.querySelector?.("[data-announce]")?.dataset.announce;
    if (words) announce(words);
    keepFocus(part);
  });
}

export function announce(words) {
  const region = document.getElementById("live");
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = words));
}

// htmx puts the focus back where an id survived; where none did, it would be lost at the top of the page.
function keepFocus(part) {
  const summary = part.querySelector?.("[data-focus]") ?? part.querySelector?.("[aria-invalid=true]");
  if (summary) summary.focus();
  else if (document.activeElement === document.body && part instanceof HTMLElement && part.isConnected) {
    if (!part.hasAttribute("tabindex")) part.tabIndex = -1;
    part.focus({ preventScroll: true });
  }
}
