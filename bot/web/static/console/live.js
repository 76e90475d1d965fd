// The socket that says what changed. When it is down the page asks slowly instead, and catches up when it is back.

const SLOW = 15000;
const FIRST = 500;
const LONGEST = 30000;

export function listen({ onHint, onCatchUp, onState }) {
  let wait = FIRST;
  let poll = null;

  function down() {
    onState("down");
    poll ??= setInterval(onCatchUp, SLOW);
  }

  function up() {
    onState("up");
    wait = FIRST;
    clearInterval(poll);
    poll = null;
    onCatchUp();
  }

  function connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/console/live`);
    socket.onopen = up;
    socket.onmessage = (event) => onHint(JSON.parse(event.data));
    socket.onclose = (event) => {
      if (event.code === 4401) return location.assign("/console/login");
      down();
      // Spread, so that a restarted server is not met by everybody at once.
      setTimeout(connect, wait * (0.5 + Math.random()));
      wait = Math.min(wait * 2, LONGEST);
    };
  }

  document.addEventListener("visibilitychange", () => document.hidden || onCatchUp());
  connect();
}
