// Answers the quizzes: one verdict per question, with the reason once it is right.
"use strict";

for (const form of document.querySelectorAll(".quiz form")) {
  const verdict = form.querySelector(".verdict");
  const why = form.querySelector(".why");
  const say = (text, state) => {
    verdict.textContent = text;
    form.dataset.state = state;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = form.querySelector("input:checked");
    if (!chosen) {
      say("Choose an answer first.", "open");
      return;
    }
    const right = chosen.value === form.dataset.answer;
    say(right ? "Right." : "Not this one. Think again, or try another.", right ? "right" : "wrong");
    why.hidden = !right;
  });
  form.addEventListener("change", () => {
    say("", "open");
    why.hidden = true;
  });
  // The book turns its page on an arrow key; here arrows choose an answer.
  form.addEventListener("keydown", (event) => {
    if (event.key.startsWith("Arrow")) {
      event.stopPropagation();
    }
  });
}
