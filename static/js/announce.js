// What a swap changed is said aloud: the words of `data-announce` in the new part.
export function announceSwaps() {
  document.addEventListener("htmx:afterSettle", (event) => {
    const part = event.detail.elt;
    if (!(part instanceof HTMLElement)) return;
    const words = part.dataset.announce ?? part.querySelector("[data-announce]")?.dataset.announce;
    if (words) announce(words);
    if (!focusFirstMistake(part)) keepFocus(part);
  });
}

export function announce(words) {
  const region = document.getElementById("live");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => (region.textContent = words));
}

// Whether there was one: the summary above a form, or a field that is marked as wrong.
export function focusFirstMistake(root) {
  const mistake = root.querySelector("[data-focus]");
  mistake?.focus();
  return Boolean(mistake);
}

// htmx puts the focus back where an id survived; where none did, it would be lost at the top of the page.
function keepFocus(part) {
  if (document.activeElement !== document.body || !part.isConnected) return;
  if (!part.hasAttribute("tabindex")) part.tabIndex = -1;
  part.focus({ preventScroll: true });
}
