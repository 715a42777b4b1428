// Counts down between the server's answers. The time left is the server's; no clock of the device is asked.
const SECOND = 1_000;
let begun = performance.now();
let seconds = 0;

read();
document.addEventListener("htmx:afterSettle", read);
setInterval(show, SECOND);

function read() {
  const clock = document.querySelector("[data-left]");
  if (!clock) return;
  seconds = Number(clock.dataset.left);
  begun = performance.now();
}

function show() {
  const clock = document.querySelector("[data-left]");
  if (!clock) return;
  const left = Math.max(0, Math.ceil(seconds - (performance.now() - begun) / SECOND));
  clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  const bar = document.querySelector("#clock progress");
  if (bar) bar.value = left;
}
