// What the server put into the page: who looks, their words, their queues.

export const boot = JSON.parse(document.getElementById("boot").textContent);
