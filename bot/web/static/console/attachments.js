// Files on their way with the words: chosen, dropped or pasted; uploaded at once.

import { complain, upload } from "./api.js";
import { boot } from "./boot.js";
import { h, icon, toast } from "./dom.js";
import { size, t } from "./words.js";

const AT_MOST = 10;

export class Attachments {
  constructor(changed) {
    this.changed = changed;
    this.files = [];
    this.node = h("div.attached");
    this.input = h("input", { type: "file", multiple: true, hidden: true, onchange: () => { this.add(this.input.files); this.input.value = ""; } });
    this.button = h("button.icon-button", { "aria-label": t("console.box.attach"), title: t("console.box.attach"), onclick: () => this.input.click() }, icon("clip"));
  }

  get ready() {
    return this.files.filter((file) => file.done).map((file) => file.done);
  }

  get busy() {
    return this.files.some((file) => !file.done);
  }

  clear() {
    this.files = [];
    this.node.replaceChildren();
    this.changed();
  }

  add(files) {
    for (const file of files) {
      if (this.files.length >= AT_MOST) return toast(t("console.file.too_many", { n: AT_MOST }), true);
      if (file.size > boot.upload_limit) toast(t("console.file.too_large", { limit: size(boot.upload_limit) }), true);
      else if (file.size) this.send(file);
    }
  }

  async send(file) {
    const progress = h("progress", { max: 1, value: 0, "aria-label": t("console.file.pending") });
    const item = { done: null };
    const remove = () => {
      this.files = this.files.filter((other) => other !== item);
      node.remove();
      this.changed();
    };
    const node = h("div.file", {}, icon("file", 18), h("span", {}, h("b", { dir: "auto" }, file.name)), progress,
      h("button.icon-button", { "aria-label": t("console.file.remove"), onclick: remove }, icon("close", 14)));
    this.files.push(item);
    this.node.append(node);
    this.changed();
    try {
      item.done = await upload(file, (part) => (progress.value = part));
      progress.replaceWith(h("small", {}, size(item.done.size)));
    } catch (error) {
      remove();
      complain(error);
    }
    this.changed();
  }

  acceptDropsOn(frame, text) {
    frame.addEventListener("dragover", (event) => {
      event.preventDefault();
      frame.classList.add("dragging");
    });
    frame.addEventListener("dragleave", () => frame.classList.remove("dragging"));
    frame.addEventListener("drop", (event) => {
      event.preventDefault();
      frame.classList.remove("dragging");
      this.add(event.dataTransfer.files);
    });
    text.addEventListener("paste", (event) => {
      if (!event.clipboardData.files.length) return;
      event.preventDefault();
      this.add(event.clipboardData.files);
    });
  }
}
