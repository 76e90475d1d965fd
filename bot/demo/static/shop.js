// The shop's own buttons that begin a chat: `dragoman.open(words)` is there once the widget's script has run.

for (const button of document.querySelectorAll("[data-ask]")) {
  button.addEventListener("click", () => window.dragoman?.open(button.dataset.ask && `${button.dataset.ask} `));
}
