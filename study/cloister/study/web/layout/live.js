// Renews what the page shows, while somebody can see it and is not in the middle of something.
"use strict";
const EVERY = 5000;

function renew() {
  const busy = document.activeElement && document.querySelector("main").contains(document.activeElement) &&
    document.activeElement.id !== "main";
  if (document.hidden || busy) return;
  const request = new XMLHttpRequest();
  request.open("GET", location.pathname);
  request.responseType = "document";
  request.setRequestHeader("X-Renewal", "1");
  request.onload = () => {
    const renewed = request.response && request.response.querySelector("main");
    if (!renewed || request.status !== 200 || new URL(request.responseURL).pathname !== location.pathname) {
      location.reload();
      return;
    }
    const shown = document.querySelector("main");
    if (shown.innerHTML !== renewed.innerHTML) shown.replaceChildren(...document.importNode(renewed, true).childNodes);
  };
  request.send();
}
setInterval(renew, EVERY);
