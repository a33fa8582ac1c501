// A question that must be answered before something happens.

const dialog = document.getElementById("ask");
const picture = document.getElementById("ask-picture");
const yes = document.getElementById("ask-yes");
const no = document.getElementById("ask-no");

yes.addEventListener("click", () => dialog.close("yes"));
no.addEventListener("click", () => dialog.close("no"));

/** → whether the resident agreed; Escape is a no. */
export function ask(question) {
  document.getElementById("ask-title").textContent = question.title;
  document.getElementById("ask-note").textContent = question.note;
  yes.textContent = question.yes;
  no.textContent = question.no;
  picture.hidden = !question.picture;
  if (question.picture) picture.src = question.picture;
  else picture.removeAttribute("src");
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}
