// A menu that is open closes on Escape, or when somebody presses elsewhere. It is a <details> and works without.
(() => {
  const close = (except) => document.querySelectorAll("details.menu[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
  document.addEventListener("click", (event) => close(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    close();
    menu?.querySelector("summary").focus();
  });
})();
// Larger type is switched on the page itself, so that nothing typed is lost. The server is told; without scripts it shows the page again.
(() => {
  const form = document.querySelector("form[data-larger-type]");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.elements.larger, words = form.querySelector("[data-other]");
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("larger", button.value);
    fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true });
    // The next page may be asked for before the server has answered.
    document.cookie = `larger_type=${button.value}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
    document.documentElement.classList.toggle("larger", button.value === "1");
    button.value = button.value === "1" ? "0" : "1";
    [words.textContent, words.dataset.other] = [words.dataset.other, words.textContent];
  });
})();
