// A question that must be answered before something happens.

const dialog = document.getElementById("ask");
const picture = document.getElementById("ask-picture");
const more = document.getElementById("ask-more");
const field = document.getElementById("ask-words");
const yes = document.getElementById("ask-yes");
const no = document.getElementById("ask-no");

yes.addEventListener("click", () => dialog.close("yes"));
no.addEventListener("click", () => dialog.close("no"));
field.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing && event.keyCode !== 229) dialog.close("yes");
});

/**
 * question: {title, note, yes, no, picture?, more?}; more asks for a few words besides
 * → what was written besides, perhaps nothing; null where the answer is no, as Escape is
 */
export function ask(question) {
  document.getElementById("ask-title").textContent = question.title;
  document.getElementById("ask-note").textContent = question.note;
  yes.textContent = question.yes;
  no.textContent = question.no;
  picture.hidden = !question.picture;
  if (question.picture) picture.src = question.picture;
  else picture.removeAttribute("src");
  more.hidden = !question.more;
  document.getElementById("ask-label").textContent = question.more ?? "";
  field.value = "";
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => resolve(dialog.returnValue === "yes" ? field.value.trim() : null),
      { once: true },
    );
  });
}
