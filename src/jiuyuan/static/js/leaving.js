"use strict";
{
  // Saves a page of the form as one leaves it by a link, the browser's own way back, or another app.
  const form = document.querySelector("form[data-leaving]");
  const said = () => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "seen" && name !== "csrfmiddlewaretoken"));
  let kept = form && said();
  let pressed = false;

  async function keep() {
    if (pressed || said() === kept) return;
    kept = said();
    const body = new FormData(form);
    body.append("leaving", "1");
    try {
      const answer = await fetch(location.href, { method: "POST", body, keepalive: true });
      if (answer.ok) form.elements.seen.value = (await answer.json()).seen;
    } catch { /* the page is gone, or there is no network: the button is still there */ }
  }

  if (form) {
    form.addEventListener("submit", () => { pressed = true; });
    addEventListener("pagehide", keep);
    addEventListener("pageshow", () => { pressed = false; });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
  }
}
