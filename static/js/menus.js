const close = (menu) => menu.removeAttribute("open");
const opened = () => document.querySelectorAll("details[data-menu][open]");

// A <details> menu closes by Escape, by a press elsewhere, and when the focus leaves it.
export function easeMenus() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    opened().forEach((menu) => {
      const inside = menu.contains(document.activeElement);
      close(menu);
      if (inside) menu.querySelector("summary").focus();
    });
  });
  document.addEventListener("pointerdown", (event) => {
    opened().forEach((menu) => menu.contains(event.target) || close(menu));
  });
  document.addEventListener("focusin", (event) => {
    opened().forEach((menu) => menu.contains(event.target) || close(menu));
  });
}
