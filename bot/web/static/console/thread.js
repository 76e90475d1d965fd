// The open ticket: fetched whole once, then by what changed since the version it was last seen at.

import { complain, deed, get, post } from "./api.js";
import { Box } from "./box.js";
import { drawCard } from "./card.js";
import { byId, fill, h, icon } from "./dom.js";
import { drawEntries } from "./entries.js";
import { t } from "./words.js";
import { askForm, confirmBox, whisper } from "./whispers.js";

const NEAR = 80;

export class Thread {
  // `go`: open(ticket or null); `changed`: the lists may have changed
  constructor(go, changed) {
    Object.assign(this, { go, changed, id: null, seen: -1, entries: new Map(), card: null, loading: null });
    this.box = new Box({ say: (text, files) => this.say(text, files), edit: (entry, text) => this.act("edit", { post: entry.post, text }), typing: () => this.tellTyping() });
    this.cardNode = h("header.card");
    this.list = h("div.entries", { role: "log", "aria-label": t("console.thread.label") });
    this.scroll = h("div.scroll", { tabindex: 0, "aria-label": t("console.thread.label") }, this.list);
    this.fresh = h("button.button.small.fresh", { hidden: true, onclick: () => this.toEnd() }, icon("down", 15), t("console.thread.fresh"));
    this.scroll.addEventListener("scroll", () => this.atEnd && (this.fresh.hidden = true), { passive: true });
    this.deeds = { press: (button) => this.press(button), open: (id) => this.go.open(id), edit: (entry) => this.box.edit(entry), remove: (entry) => this.remove(entry) };
  }

  get atEnd() {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR;
  }

  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.fresh.hidden = true;
  }

  async open(id) {
    Object.assign(this, { id, seen: -1, card: null });
    this.entries.clear();
    this.box.show(id);
    if (id === null) return this.drawEmpty();
    await this.load(true);
    if (this.id === id && this.card) this.box.loadCommands(id).catch(complain);
  }

  drawEmpty() {
    fill(byId("main"), h("div.scroll", {}, h("div.empty", {}, icon("inbox", 44), h("strong", {}, t("console.thread.none")), h("span", {}, t("console.thread.none_hint")))), this.box.node);
    this.box.setLive(false);
    this.box.loadCommands(null).catch(complain);
  }

  // Several hints while one answer is under way become one more question.
  async load(first = false) {
    if (this.id === null) return;
    if (this.loading && !first) return void (this.again = true);
    const mine = (this.loading = this.fetchAll(this.id, first));
    await mine;
    if (this.loading !== mine) return;
    this.loading = null;
    if (this.again) {
      this.again = false;
      await this.load();
    }
  }

  async fetchAll(id, first) {
    const changed = new Set();
    let from = 0;
    let answer;
    const seen = this.seen;
    try {
      do {
        answer = await get(`tickets/${id}`, { above_rev: seen, from_seq: from });
        if (this.id !== id) return;
        for (const entry of answer.entries) {
          if (!this.entries.has(entry.seq)) changed.add(entry.seq);
          this.entries.set(entry.seq, entry);
        }
        from = answer.next;
      } while (from !== null);
    } catch (error) {
      if (this.id === id && error.status === 404) this.go.open(null);
      return complain(error);
    }
    this.seen = answer.card.version;
    const before = this.card;
    this.card = answer.card;
    if (before && (before.status !== this.card.status || before.mine !== this.card.mine)) this.box.loadCommands(id).catch(complain);
    this.draw(first, first ? new Set() : changed);
  }

  draw(first, fresh) {
    const stay = !first && !this.atEnd;
    const top = this.scroll.scrollTop;
    drawCard(this.cardNode, this.card, { press: (button) => this.press(button), open: (id) => this.go.open(id), back: () => this.go.open(null) });
    fill(this.list, drawEntries([...this.entries.values()].sort((a, b) => a.seq - b.seq), this.deeds, fresh, this.card));
    this.box.setLive(this.card.mode === "live" && this.card.mine);
    if (first) {
      this.box.node.prepend(this.fresh);
      fill(byId("main"), this.cardNode, this.scroll, this.box.node);
    }
    if (stay) {
      this.scroll.scrollTop = top;
      this.fresh.hidden = this.fresh.hidden && !fresh.size;
    } else {
      this.toEnd();
    }
    document.title = `${this.card.name || this.card.label} · ${this.card.label}`;
  }

  // Only the site chat's visitors can be told, and nobody minds when they are not.
  tellTyping() {
    if (this.card?.channel === "livechat") post(`tickets/${this.id}/typing`, {}).catch(() => {});
  }

  say(text, files) {
    return this.act("say", { text, files });
  }

  press(button) {
    // In the console a reply is written in the box.
    if (button.action === "reply") return this.box.set("!r ");
    return this.act("press", { action: button.action, value: button.value });
  }

  async remove(entry) {
    if (await confirmBox(t("console.entry.delete_sure"), t("console.entry.delete"))) await this.act("delete", { post: entry.post });
  }

  // True when it was taken; what only this person is told is shown above the box.
  async act(what, body, ticket = this.id) {
    try {
      const { answers, later } = await deed(ticket, what, body);
      // With new words the answers to the last ones are over, above all a "send anyway?".
      if (what === "say") this.box.whispers.replaceChildren();
      if (later) whisper(this.box.whispers, { text: t("console.whisper.later"), lines: [], buttons: [] }, this.deeds);
      for (const answer of answers) {
        if (answer.say) whisper(this.box.whispers, answer.say, this.deeds);
        else askForm(answer.dialog, (fields) => this.act("submit", { action: answer.dialog.action, value: answer.dialog.value, fields }, ticket));
      }
    } catch (error) {
      complain(error);
      return false;
    }
    if (ticket === this.id) this.load();
    this.changed();
    return true;
  }
}
