"use strict";
{
  // Photographs are made small on the phone and sent as soon as they are chosen, with a bar. Without this script the form
  // sends them as they are.
  const longest = 2000, large = 500000;

  async function small(file) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < large) return file;
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
      return made && made.size < file.size ? new File([made], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }) : file;
    } catch { return file; }
  }

  async function send(form) {
    const work = form.querySelector("[data-work]"), said = work.querySelector("[data-said]"), bar = work.querySelector("progress");
    work.hidden = false;
    said.textContent = said.dataset.sending;
    const body = new FormData();
    for (const [name, value] of new FormData(form)) {
      if (!(value instanceof File)) body.append(name, value);
      else if (value.name) body.append(name, await small(value), value.name);
    }
    const sending = new XMLHttpRequest();
    sending.open("POST", location.href);
    sending.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = 100 * event.loaded / event.total; };
    sending.onerror = () => { said.textContent = said.dataset.failed; form.querySelector("[data-press]").hidden = false; };
    sending.onload = () => {
      document.open();
      document.write(sending.responseText);
      document.close();
    };
    sending.send(body);
  }

  for (const form of document.querySelectorAll("form[data-photographs]")) {
    form.classList.add("scripted");
    form.querySelector("[data-press]").hidden = true;
    for (const box of form.querySelectorAll("input[type=file]")) box.addEventListener("change", () => { if (box.files.length) send(form); });
  }
}
