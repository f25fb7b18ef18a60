// Small comforts of the try-out page: Enter sends, the text field empties, a failure is said, and what is
// taller than its pane is shown from its beginning.
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

const newest = {};

document.body.addEventListener("htmx:afterSettle", () => {
  for (const pane of document.querySelectorAll(".scroll")) {
    const bubble = pane.querySelector(".bubble:last-child");
    const key = pane.firstElementChild.id;
    if (bubble && bubble.id !== newest[key]) {
      newest[key] = bubble.id;
      const above = bubble.getBoundingClientRect().top - pane.getBoundingClientRect().top;
      if (above < 0) pane.scrollTop += above - 12;
    }
  }
});
