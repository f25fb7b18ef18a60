// Small comforts of the try-out page: Enter sends, the text field empties, a failure is said, what is taller
// than its pane is shown from its beginning, and whose button has gone is not sent back to the top of the page.
"use strict";

const form = document.getElementById("write");
const text = document.getElementById("text");
const update = document.getElementById("update");
const problem = document.getElementById("problem");
const touch = matchMedia("(pointer: coarse)");
let sent = "";

text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !touch.matches) {
    event.preventDefault();
    form.requestSubmit();
  }
});

document.body.addEventListener("htmx:beforeSend", (event) => {
  if (event.detail.elt === form) {
    sent = text.value;
    text.value = "";
    update.value = crypto.randomUUID();
  }
});

document.body.addEventListener("htmx:afterRequest", (event) => {
  const elt = event.detail.elt;
  if (event.detail.successful) {
    problem.hidden = true;
  } else if (elt.id !== "news") {
    problem.hidden = false;
    if (elt === form && !text.value) text.value = sent;
  }
});

// Two questions for news can be under way with the same `seen`: the later answer would put the same bubbles in
// place once more, and with them take away what somebody has begun to type there, and the focus.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.requestConfig.elt.id !== "news") return;
  const asked = new URL(event.detail.xhr.responseURL).searchParams.get("seen");
  if (asked === document.getElementById("seen").value) return;
  event.detail.shouldSwap = false;
  htmx.trigger(document.body, "news");
});

const newest = {};
let pressed = null; // the bubble that somebody has just acted in
let waits = false; // somebody acted and has not been shown what came of it

document.body.addEventListener("pointerdown", () => { pressed = null; });

document.body.addEventListener("htmx:beforeSend", (event) => {
  if (event.detail.elt.id === "news") return;
  pressed = event.detail.elt.closest(".bubble")?.id;
  waits = true;
});

function keepPlace() {
  const bubble = pressed && document.getElementById(pressed);
  if (!bubble || document.activeElement !== document.body) return;
  bubble.tabIndex = -1;
  bubble.focus({ preventScroll: true });
  pressed = null;
}

function showNewest(pane, bubble) {
  if (waits) pane.scrollTop = 0; // the panes are reversed: this is the end
  const above = bubble.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  if (above < 0) pane.scrollTop += above - 12;
  if (waits) pane.parentElement.scrollIntoView({ block: "nearest" });
}

document.body.addEventListener("htmx:afterSettle", () => {
  keepPlace();
  let came = false;
  for (const pane of document.querySelectorAll(".scroll")) {
    const bubble = pane.querySelector(".bubble:last-child");
    const key = pane.firstElementChild.id;
    if (bubble && bubble.id !== newest[key]) {
      newest[key] = bubble.id;
      showNewest(pane, bubble);
      came = true;
    }
  }
  if (came) waits = false;
});
