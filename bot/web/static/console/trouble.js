// For admins: what failed for good, and trying it again.

import { complain, get, post } from "./api.js";
import { byId, fill, h, icon, toast } from "./dom.js";
import { ago, t } from "./words.js";

export async function drawTrouble(open) {
  let rows;
  try {
    ({ rows } = await get("trouble"));
  } catch (error) {
    return complain(error);
  }
  const again = async (row, button) => {
    button.disabled = true;
    try {
      await post("trouble/retry", { kind: row.kind, id: row.id });
      toast(t("console.trouble.again_done"));
      await drawTrouble(open);
    } catch (error) {
      complain(error);
    }
  };
  const drawn = rows.map((row) => {
    if (row.kind === "trouble")
      return h("div.stuck", {}, h("b", {}, `${t("console.trouble.trouble")} · ${row.what}`), h("p", {}, row.why, " · ", ago(Date.parse(row.at))));
    // Whether an uncertain reply goes out again is decided in its thread.
    const button = row.uncertain
      ? h("button.button.small", { onclick: () => open(row.ticket), disabled: !row.ticket }, t("console.trouble.look"))
      : h("button.button.small", { onclick: () => again(row, button) }, t("console.trouble.again"));
    return h("div.stuck", {}, h("b", {}, `${t("console.trouble." + row.kind)} ${row.id} · ${row.what}`),
      h("p", {}, row.why, " · ", t("console.trouble.attempts", { n: row.attempts }), " · ", ago(Date.parse(row.at))),
      button);
  });
  const none = h("div.empty", {}, icon("check", 40), h("strong", {}, t("console.trouble.none")), h("span", {}, t("console.trouble.none_hint")));
  fill(byId("main"), h("div.page", {}, h("h1", { tabindex: -1 }, t("console.trouble.title")), h("p", {}, t("console.trouble.about")), drawn.length ? drawn : none));
}
