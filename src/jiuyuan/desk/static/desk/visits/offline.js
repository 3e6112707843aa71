// Visits without network: the list taken along, one visit a screen, sent when there is a network again.
// A draft leaves the device only when the server has named it; from the first try on it is not changed any more, because it
// may have arrived although nobody heard so.
import * as server from "./server.js";
import { begun, fill, isEmpty, read, toSend } from "./form.js";
import { LARGEST, reduced } from "./photographs.js";
import { about, erase, expire, kept, Vault } from "./vault.js";

const root = document.getElementById("visits");
const urls = { ...root.dataset };
const facts = JSON.parse(root.dataset.facts);
const [days, minutes, mostPhotos] = ["days", "minutes", "mostPhotos"].map((name) => Number(root.dataset[name]));
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const form = (name) => root.querySelector(`[data-form="${name}"]`);
const words = document.getElementById("words").content;
const word = (name, filled = {}) => Object.entries(filled).reduce(
  (text, [key, value]) => text.replace(`{${key}}`, value), words.querySelector(`[data-word="${name}"]`).textContent,
);

let vault = null; // null: locked
let list = null;
let drafts = [];
let current = null;
let wanted = new URLSearchParams(location.search).getAll("person");
let busy = false;
let lastTouch = Date.now();
let pictures = [];

const tell = (name, filled) => {
  part("told").textContent = name ? word(name, filled) : "";
  part("told").hidden = !name;
};

const show = (name) => {
  root.querySelectorAll("[data-screen]").forEach((screen) => { screen.hidden = screen.dataset.screen !== name; });
  part("lock").hidden = !vault;
  root.querySelector(`[data-screen="${name}"] h1`).focus({ preventScroll: true });
  scrollTo(0, 0);
};

let saving = Promise.resolve(true);
const save = (draft) => {
  const [key, copy] = [vault, structuredClone(draft)];
  part("saved").textContent = "";
  const mine = saving.then(() => key.put(copy.uid, "draft", copy)).then(() => true, () => { tell("full"); return false; });
  mine.then((is) => { if (is && saving === mine) part("saved").textContent = word("saved"); });
  saving = mine;
  return mine;
};

const load = async () => {
  [list] = await vault.all("list");
  list ??= { today: "", taken: 0, people: [], sent: [] };
  drafts = await vault.all("draft");
  const used = new Set(drafts.flatMap((draft) => draft.photos.map((photo) => photo.id)));
  const loose = (await kept()).filter(({ id, kind }) => kind === "photo" && !used.has(id));
  if (loose.length) await vault.remove(loose.map(({ id }) => id));
};

// Open in one window at a time: what one sends, another must not go on writing.
let letGo = () => {};
const holdAlone = () => new Promise((resolve) => {
  navigator.locks.request("jiuyuan-visits", { ifAvailable: true }, (mine) => {
    resolve(Boolean(mine));
    return mine && new Promise((release) => { letGo = release; });
  });
});

const lock = async (screen = "open", why = "locked") => {
  await saving;
  letGo();
  forgetPictures();
  [vault, list, drafts, current] = [null, null, [], null];
  form("visit").reset();
  ["people", "photos", "name", "number", "address", "helped-now", "asked"].forEach((name) => part(name).replaceChildren());
  part("phone").removeAttribute("href");
  part("call").textContent = "";
  root.querySelectorAll(".visit-now").forEach((line) => line.remove());
  tell(why);
  show(screen);
};

const draftOf = (person) => drafts.find((draft) => draft.person.key === person.key);
const stateOf = (person, draft) => {
  if (draft) return draft.problem ? "refused" : draft.state;
  return list.sent.includes(person.key) ? "sent" : "";
};

const showList = () => {
  current = null;
  forgetPictures();
  const others = drafts.map((draft) => draft.person).filter(({ key }) => !list.people.some((person) => person.key === key));
  part("people").replaceChildren(...[...list.people, ...others].map((person) => {
    const state = stateOf(person, draftOf(person));
    const [row, button] = [document.createElement("li"), document.createElement("button")];
    const [name, where, tag] = ["strong", "span", "span"].map((kind) => document.createElement(kind));
    [name.textContent, where.textContent, tag.textContent] = [person.name, person.address, word(`state-${state}`)];
    tag.className = state === "refused" ? "tag tag-error" : state === "sent" ? "tag tag-strong" : "tag";
    button.type = "button";
    button.append(name, where, tag);
    button.addEventListener("click", () => open(person));
    row.append(button);
    return row;
  }));
  sayState();
  show("list");
};

const sayState = () => {
  if (!list) return;
  const waiting = drafts.filter(({ state }) => state === "ready" || state === "sending").length;
  const said = [word(navigator.onLine ? "online" : "offline")];
  if (waiting) said.push(word("to-send", { n: waiting }));
  if (drafts.length > waiting) said.push(word("unfinished", { n: drafts.length - waiting }));
  if (!drafts.length && list.sent.length) said.push(word("all-sent"));
  part("state").textContent = said.join("");
};

const open = async (person) => {
  tell("");
  part("saved").textContent = "";
  current = structuredClone(draftOf(person) ?? begun(person, list));
  [part("name").textContent, part("number").textContent, part("address").textContent] = [person.name, person.id_number, person.address];
  part("phone").href = `tel:${person.phone}`;
  part("call").textContent = person.phone;
  fill(form("visit"), current, facts);
  for (const question of root.querySelectorAll("[data-question]")) {
    question.querySelector(".visit-now")?.remove();
    const said = person.said[question.dataset.question.replace("fact-", "")];
    if (!said) continue;
    const line = document.createElement("p");
    line.className = "visit-now";
    line.textContent = word("now", { words: said });
    question.append(line);
  }
  const problems = (current.problem?.errors ?? []).map(([, message]) => message);
  part("problem").hidden = !current.problem;
  part("problems").replaceChildren(...(problems.length ? problems : [current.problem?.title ?? ""]).map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }));
  const fixed = current.state === "sending";
  for (const element of form("visit").elements) element.disabled = fixed && element.dataset.press !== "back";
  if (fixed) tell("fixed");
  await showPictures();
  show("visit");
};

// What is typed is kept at once; a visit that was ready is no longer so until somebody says so again.
const typed = (state = "editing") => {
  if (!current || !vault || current.state === "sending") return Promise.resolve(false);
  Object.assign(current, read(form("visit"), facts), { state, problem: null });
  const kept = structuredClone(current);
  drafts = [...drafts.filter(({ uid }) => uid !== kept.uid), kept];
  return save(kept);
};

const finish = async () => {
  Object.assign(current, read(form("visit"), facts));
  if (isEmpty(current)) return tell("nothing");
  if (!await typed("ready")) return undefined;
  tell("");
  showList();
  return send();
};

const drop = async () => {
  const { uid, photos } = current;
  drafts = drafts.filter((draft) => draft.uid !== uid);
  await saving;
  await vault.remove([uid, ...photos.map(({ id }) => id)]);
  showList();
};

const forgetPictures = () => {
  pictures.forEach((url) => URL.revokeObjectURL(url));
  pictures = [];
};

const showPictures = async () => {
  forgetPictures();
  const shown = await Promise.all(current.photos.map(async ({ id, type }, place) => {
    const [item, image, button] = ["li", "img", "button"].map((kind) => document.createElement(kind));
    const url = URL.createObjectURL(new Blob([await vault.bytes(id)], { type }));
    pictures.push(url);
    image.src = url;
    image.alt = word("photo", { n: place + 1 });
    [button.type, button.className, button.textContent] = ["button", "button button-text", word("remove", { n: place + 1 })];
    button.disabled = current.state === "sending";
    button.addEventListener("click", async () => {
      current.photos = current.photos.filter((photo) => photo.id !== id);
      if (await typed()) await vault.remove([id]);
      await showPictures();
    });
    item.append(image, button);
    return item;
  }));
  part("photos").replaceChildren(...shown);
};

const addPictures = async (input) => {
  const files = [...input.files];
  input.value = "";
  const [key, draft] = [vault, current];
  for (const file of files) {
    if (draft.photos.length >= mostPhotos) { tell("too-many", { n: mostPhotos }); break; }
    const { blob, name, type } = await reduced(file);
    if (blob.size > LARGEST) { tell("too-large"); continue; }
    const id = crypto.randomUUID();
    try {
      await key.putBytes(id, "photo", await blob.arrayBuffer());
    } catch {
      tell("full");
      break;
    }
    draft.photos.push({ id, name, type });
  }
  if (draft !== current) return;
  await typed();
  await showPictures();
};

const send = async () => {
  const ready = () => drafts.filter(({ uid, state }) => ["ready", "sending"].includes(state) && uid !== current?.uid);
  if (!vault || busy || !ready().length) return;
  busy = true;
  try {
    const here = await server.session(urls);
    if (here.state === "here" && here.account !== (await about())?.owner) here.state = "other";
    if (here.state === "other") { await lock("other", ""); return; }
    part("login").hidden = here.state !== "login";
    if (here.state !== "here") { failed(here.state); return; }
    for (const draft of ready()) {
      draft.state = "sending";
      if (!await save(draft)) return;
      const photos = await Promise.all(draft.photos.map(async ({ id, name, type }) => ({ name, blob: new Blob([await vault.bytes(id)], { type }) })));
      const answer = await server.send(toSend(draft), photos, here, urls);
      if (!vault) return;
      if (answer.state === "sent") {
        list.sent = [...new Set([...list.sent, draft.person.key])];
        await vault.put("list", "list", list);
        await vault.remove([draft.uid, ...draft.photos.map(({ id }) => id)]);
        drafts = drafts.filter(({ uid }) => uid !== draft.uid);
        tell("");
      } else if (answer.state === "refused") {
        Object.assign(draft, { state: "editing", problem: { title: answer.title, errors: answer.errors } });
        await save(draft);
      } else {
        failed(answer.state);
        return;
      }
    }
  } finally {
    busy = false;
    if (vault && !current) showList();
  }
};

const failed = (state) => {
  part("login").hidden = state !== "login";
  tell({ login: "login", offline: navigator.onLine ? "trouble" : "", trouble: "trouble", other: "trouble" }[state]);
};

// With the page itself kept first: a list without its page could not be opened where there is no network.
const ready = () => Promise.race([
  navigator.serviceWorker.ready,
  new Promise((_, fail) => { setTimeout(() => fail(new Error("the page is not kept")), 20_000); }),
]);

const takeAlong = async (passphrase) => {
  tell("working");
  const here = await server.session(urls);
  if (here.state === "login" || here.state === "other") return show(here.state);
  if (here.state !== "here") return tell(here.state === "offline" ? "no-network" : "trouble");
  const owner = (await about())?.owner;
  if (owner && owner !== here.account) return show("other");
  const answer = await server.take(wanted, here, urls);
  if (answer.state === "refused") { part("told").textContent = answer.errors[0]?.[1] ?? answer.title; return undefined; }
  if (answer.state !== "here") return tell("trouble");
  if (!vault && !await holdAlone()) return tell("elsewhere");
  try {
    await ready();
    vault ??= await Vault.create(passphrase, here.account, days);
    await vault.keepFor(days);
    const before = (await vault.all("list"))[0];
    const keys = new Set(answer.people.map(({ key }) => key));
    const others = (before?.people ?? []).filter(({ key }) => !keys.has(key));
    const sent = (before?.sent ?? []).filter((key) => !keys.has(key));
    await vault.put("list", "list", { today: answer.today, taken: Date.now(), people: [...answer.people, ...others], sent });
  } catch {
    if (!list) { letGo(); vault = null; }
    return tell("trouble");
  }
  wanted = [];
  history.replaceState(null, "", location.pathname);
  await navigator.storage?.persist?.();
  await load();
  tell("");
  return showList();
};

const forms = {
  new: async ({ word: first, again }) => {
    if ([...first.value].length < 8) return tell("short");
    if (first.value !== again.value) return tell("unlike");
    await takeAlong(first.value);
    if (vault) form("new").reset();
    return undefined;
  },
  open: async ({ word: typedWord }) => {
    tell("working");
    const found = await Vault.open(typedWord.value);
    typedWord.value = "";
    if (!found) return tell("wrong");
    if (!await holdAlone()) return tell("elsewhere");
    vault = found;
    await load();
    tell("");
    showList();
    if (wanted.length && navigator.onLine) await takeAlong();
    return send();
  },
  visit: finish,
};

const presses = {
  lock: () => lock(),
  back: async () => { await saving; showList(); send(); },
  drop,
  send,
  erase: async () => {
    if (drafts.length) return tell("left", { n: drafts.length });
    return presses["erase-all"]();
  },
  "erase-all": async () => {
    await erase();
    await lock("none", "erased");
  },
};

// What cannot be undone is pressed twice.
const sure = (button) => {
  if (!button.dataset.sure || button.dataset.asked) return true;
  const before = button.textContent;
  [button.dataset.asked, button.textContent] = ["yes", button.dataset.sure];
  setTimeout(() => { delete button.dataset.asked; button.textContent = before; }, 6000);
  return false;
};

const recheck = async () => {
  if (Date.now() - lastTouch > minutes * 60_000) { if (vault && !busy) await lock(); return; }
  if (!vault || !navigator.onLine) return;
  const here = await server.session(urls);
  if (!vault) return;
  if (here.state === "login") await lock("login", "");
  else if (here.state === "other" || (here.state === "here" && here.account !== (await about())?.owner)) await lock("other", "");
};

const start = async () => {
  if (!isSecureContext || !crypto.subtle || !navigator.serviceWorker || !window.indexedDB || !navigator.locks) return show("insecure");
  navigator.serviceWorker.register(urls.worker, { scope: urls.offline }).catch(() => {});
  const gone = await expire();
  const [vaultThere, here] = [await about(), navigator.onLine ? await server.session(urls) : { state: "offline" }];
  if (gone) tell("kept-since");
  if (here.state === "other" || (vaultThere && here.account && here.account !== vaultThere.owner)) return show("other");
  if (here.state === "login") return show("login");
  if (vaultThere) return show("open");
  if (!wanted.length) return show("none");
  part("how-many").textContent = word("how-many", { n: new Set(wanted).size });
  return show("new");
};

root.addEventListener("submit", (event) => {
  event.preventDefault();
  forms[event.target.dataset.form](event.target.elements);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-press]");
  if (button && sure(button)) presses[button.dataset.press]();
});
form("visit").addEventListener("input", (event) => { if (event.target.type !== "file") typed(); });
form("visit").addEventListener("change", (event) => { if (event.target.type === "file") addPictures(event.target); });
["pointerdown", "keydown", "scroll"].forEach((kind) => document.addEventListener(kind, () => { lastTouch = Date.now(); }, { passive: true }));
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") recheck(); });
addEventListener("online", () => { sayState(); send(); });
addEventListener("offline", sayState);
setInterval(() => { if (Date.now() - lastTouch > minutes * 60_000) recheck(); else if (navigator.onLine) send(); }, 20_000);
start();
