// Pages that change while they are looked at: events of a run ask the server for the page's middle anew. Without this script the
// page is as complete; it stands still until it is asked for again.
"use strict";
(() => {
  const main = document.getElementById("main");
  const source = main && main.dataset.live;
  if (!source || !window.EventSource) return;
  let isWanted = false, isBusy = false;
  const renew = async () => {
    if (isBusy) { isWanted = true; return; }
    isBusy = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Part": "main" }, credentials: "same-origin" });
      if (answer.ok) {
        const open = [...main.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
        main.innerHTML = await answer.text();
        for (const summary of main.querySelectorAll("details > summary")) {
          if (open.includes(summary.textContent)) summary.parentElement.open = true;
        }
      } else if (answer.status === 401) {
        location.reload();
      }
    } catch { /* the next event asks again */ }
    setTimeout(() => { isBusy = false; if (isWanted) { isWanted = false; renew(); } }, 400);
  };
  const events = new EventSource(source);
  events.onmessage = renew;
  events.addEventListener("end", () => { events.close(); isWanted = true; renew(); });
})();
