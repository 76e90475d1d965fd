// The socket: comes back by itself after sleep, a change of network and a restart of the server, and is never in a hurry
// all at once. What is said over it is the business of talk.js.

const FIRST = 600;
const LONGEST = 30_000;
const QUIET = 25_000; // after which one asks whether the other end still lives
const PATIENCE = 8_000; // for its answer, and for a new socket's first word

const BROKEN = 4000; // we are not understood: another try would not be either
const TOO_MANY = 4013; // sockets of this visitor
const MINUTE = 60_000;

// `hello()` makes the first frame of each connection. `onState("connecting" | "up" | "down" | "refused")`.
export function makeLine({ path, hello, onFrame, onState }) {
  const address = new URL(path, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  let socket = null;
  let wait = FIRST;
  let retry = 0;
  let watch = 0;
  let wanted = false;

  function open() {
    wanted = true;
    clearTimeout(retry);
    if (socket) return;
    onState("connecting");
    const mine = (socket = new WebSocket(address));
    expect();
    mine.onopen = () => mine.send(JSON.stringify({ type: "hello", ...hello() }));
    mine.onmessage = (event) => {
      if (mine !== socket) return;
      rest();
      const frame = parsed(event.data);
      if (frame?.type === "welcome") {
        wait = FIRST;
        onState("up");
      }
      if (frame && frame.type !== "pong") onFrame(frame);
    };
    mine.onclose = (event) => mine === socket && lost(event.code);
  }

  function lost(code) {
    clearTimeout(watch);
    socket = null;
    if (!wanted) return;
    if (code === BROKEN) {
      wanted = false;
      return onState("refused");
    }
    onState("down");
    if (code === TOO_MANY) wait = MINUTE;
    // Spread, so that a restarted server is not met by everybody at once.
    retry = setTimeout(open, wait * (0.4 + 0.6 * Math.random()));
    wait = Math.min(wait * 2, LONGEST);
  }

  // After each frame: quiet for a while, then a question, then it counts as dead.
  function rest() {
    clearTimeout(watch);
    watch = setTimeout(ask, QUIET);
  }

  function ask() {
    if (socket?.readyState !== WebSocket.OPEN) return;
    socket.send('{"type":"ping"}');
    expect();
  }

  function expect() {
    clearTimeout(watch);
    watch = setTimeout(cut, PATIENCE);
  }

  // A socket that lost its network closes only after minutes; it is given up here and now.
  function cut() {
    if (!socket) return;
    const dead = socket;
    dead.onclose = dead.onmessage = null;
    dead.close();
    lost(0);
  }

  function hurry() {
    if (!wanted) return;
    wait = FIRST;
    if (socket) ask();
    else open();
  }

  window.addEventListener("online", hurry);
  window.addEventListener("offline", cut);
  window.addEventListener("pageshow", hurry);
  document.addEventListener("visibilitychange", () => document.hidden || hurry());

  return {
    open,
    // True when it went into an open socket, which says nothing about its arrival.
    send(type, more) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify({ type, ...more }));
      return true;
    },
    // Close, and come back at once with another hello.
    again() {
      const old = socket;
      socket = null;
      if (old) old.onclose = old.onmessage = null;
      old?.close();
      wait = FIRST;
      open();
    },
  };
}

function parsed(data) {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
