// What the viewer was told in private: a bell with the number of unread notices.

import { complain, get, post } from "./api.js";
import { byId, fill, h, icon, menuButton } from "./dom.js";
import { saidNodes } from "./say.js";
import { ago, t } from "./words.js";

// `act`: does what a button says, and shows its answer.
export function makeBell(open, act) {
  const badge = h("span.badge", { hidden: true });
  const button = h("button.icon-button", { "aria-label": t("console.notices.title") }, icon("bell", 20), badge);
  fill(byId("bell"), button);
  let told = null;
  const menu = menuButton(button, ".notices", (shut) => {
    const go = (id) => { shut(); open(id); };
    const press = async (notice, pressed) => {
      shut();
      if (notice.ticket) await open(notice.ticket);
      await act("press", { action: pressed.action, value: pressed.value }, notice.ticket);
    };
    const rows = (told ?? []).map((notice) =>
      h("div.notice", { class: notice.seen ? "" : "new" }, saidNodes(notice.say, (pressed) => press(notice, pressed), go),
        h("time", { datetime: notice.at }, ago(Date.parse(notice.at)))));
    const none = h("div.empty", {}, icon("bell", 32), h("span", {}, t("console.notices.none")));
    return [h("div.menu-head", {}, t("console.notices.title")), told === null ? null : rows.length ? rows : none];
  });
  button.addEventListener("click", async () => {
    if (!menu.isOpen()) return;
    try {
      told = (await get("notices")).notices;
      menu.refresh();
      await post("notices/seen", {});
      setUnread(0);
    } catch (error) {
      complain(error);
    }
  });
  function setUnread(n) {
    badge.hidden = !n;
    badge.textContent = n > 9 ? "9+" : String(n);
    button.setAttribute("aria-label", n ? t("console.notices.unread", { n }) : t("console.notices.title"));
  }
  return { setUnread };
}
