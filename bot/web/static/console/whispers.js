// Answers that only this person is told, above the box until dismissed; and the forms that an answer may open.

import { byId, h, icon } from "./dom.js";
import { saidNodes } from "./say.js";
import { t } from "./words.js";

const AT_ONCE = 3;

export function whisper(place, said, { press, open }) {
  const drop = () => node.remove();
  const pressed = async (button) => {
    drop();
    await press(button);
  };
  const opened = (id) => {
    drop();
    open(id);
  };
  const node = h(
    "div.whisper",
    { role: "status" },
    h("small", {}, t("console.whisper.only_you")),
    saidNodes(said, pressed, opened),
    h("button.icon-button", { "aria-label": t("console.whisper.dismiss"), onclick: drop }, icon("close", 16)),
  );
  place.append(node);
  while (place.children.length > AT_ONCE) place.firstChild.remove();
}

export function askForm(form, submit) {
  const inputs = form.fields.map((field) => [field, drawField(field)]);
  const dialog = h(
    "dialog",
    { "aria-labelledby": "form-title", onclose: () => dialog.remove() },
    h(
      "form",
      {
        method: "dialog",
        onsubmit: (event) => {
          if (event.submitter?.value === "cancel") return;
          submit(Object.fromEntries(inputs.map(([field, input]) => [field.name, input.value])));
        },
      },
      h("h2", { id: "form-title" }, form.title),
      inputs.map(([field, input]) => h("label", {}, field.label, input)),
      h("div.end", {}, h("button.button", { value: "cancel", formnovalidate: true }, t("console.dialog.cancel")), h("button.button.primary", { value: "ok" }, form.submit)),
    ),
  );
  byId("overlay").append(dialog);
  dialog.showModal();
  inputs[0]?.[1].focus();
}

function drawField(field) {
  if (field.choices.length) {
    const select = h("select.input", { name: field.name, required: field.required }, field.choices.map(([value, label]) => h("option", { value, selected: value === field.value }, label)));
    return select;
  }
  const props = { name: field.name, required: field.required, maxlength: field.limit, dir: "auto" };
  const input = field.multiline ? h("textarea.input", props) : h("input.input", props);
  input.value = field.value;
  return input;
}

export function confirmBox(text, yes) {
  return new Promise((resolve) => {
    const dialog = h("dialog", { onclose: () => { resolve(dialog.returnValue === "yes"); dialog.remove(); } },
      h("form", { method: "dialog" }, h("h2", {}, text),
        h("div.end", {}, h("button.button", { value: "no" }, t("console.dialog.cancel")), h("button.button.danger", { value: "yes" }, yes))));
    byId("overlay").append(dialog);
    dialog.showModal();
  });
}
