// The demo's clock: how fast it goes, and a jump, so that one sees a warning and a breach.

import { complain, post } from "./api.js";
import { boot } from "./boot.js";
import { byId, fill, h, setText } from "./dom.js";
import { now, speed, t, wall } from "./words.js";

const SPEEDS = [1, 60, 600];

export function makeDemoBar() {
  if (!boot.demo) return;
  const bar = byId("demo");
  const move = (body) => post("clock", body).then(draw, complain);
  function draw() {
    fill(
      bar,
      h("time", { title: t("console.demo.clock"), tick: (node) => setText(node, wall(now(), boot.zone)) }),
      h("span.segments", { role: "group", "aria-label": t("console.demo.speed") },
        SPEEDS.map((times) => h("button", { "aria-pressed": String(times === speed), onclick: () => move({ speed: times }) }, `×${times}`))),
      h("button.button.small", { onclick: () => move({ jump: 1800 }) }, t("console.demo.jump")),
    );
  }
  bar.hidden = false;
  draw();
}
