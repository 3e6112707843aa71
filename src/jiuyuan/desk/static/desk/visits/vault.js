// What is kept on the device, all of it encrypted: a passphrase becomes a key, which never leaves the memory of the page.
// In clear stand only: whose it is (a keyed mark), the salt, the day it ends, and of each record its random id and kind.

const DATABASE = "jiuyuan-visits";
const ROUNDS = 600_000;
const DAY = 24 * 60 * 60 * 1000;
const text = new TextEncoder();

const done = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

let opened = null;
const database = () => {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("about");
      request.result.createObjectStore("sealed", { keyPath: "id" });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
};

// Resolves when the change is on the disk, not before.
const change = async (store, act) => {
  const work = (await database()).transaction(store, "readwrite", { durability: "strict" });
  act(work.objectStore(store));
  return new Promise((resolve, reject) => {
    work.oncomplete = () => resolve();
    work.onabort = work.onerror = () => reject(work.error);
  });
};
const read = async (store, ask) => done(ask((await database()).transaction(store).objectStore(store)));

export const about = () => read("about", (store) => store.get("vault"));

// Ids and kinds of what is kept; needs no key.
export const kept = async () => (await read("sealed", (store) => store.getAll())).map(({ id, kind }) => ({ id, kind }));

export const erase = async () => {
  await change("sealed", (store) => store.clear());
  await change("about", (store) => store.clear());
};

// Past its day the list goes, and everything where nothing waits to be sent; what was written down is never lost.
// Returns whether anything went.
export const expire = async () => {
  const vault = await about();
  if (!vault || Date.now() < vault.until) return false;
  const records = await kept();
  if (!records.some(({ kind }) => kind === "draft")) await erase();
  else await change("sealed", (store) => records.filter(({ kind }) => kind === "list").forEach(({ id }) => store.delete(id)));
  return true;
};

const key = async (passphrase, salt, rounds) => {
  const material = await crypto.subtle.importKey("raw", text.encode(passphrase.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
};

export class Vault {
  #key;

  constructor(secret) { this.#key = secret; }

  static async create(passphrase, owner, days) {
    const salt = crypto.getRandomValues(new Uint8Array(16));
    const vault = new Vault(await key(passphrase, salt, ROUNDS));
    const check = await vault.#sealed("check", "check", text.encode("jiuyuan"));
    await change("about", (store) => store.put({ owner, salt, rounds: ROUNDS, until: Date.now() + days * DAY, check }, "vault"));
    return vault;
  }

  // null where the passphrase is not the one.
  static async open(passphrase) {
    const { salt, rounds, check } = await about();
    const vault = new Vault(await key(passphrase, salt, rounds));
    try {
      await vault.#unsealed(check);
      return vault;
    } catch {
      return null;
    }
  }

  async keepFor(days) {
    const vault = await about();
    await change("about", (store) => store.put({ ...vault, until: Date.now() + days * DAY }, "vault"));
  }

  // The id and kind are sealed in, so that no record can be put in another's place.
  async #sealed(id, kind, bytes) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const how = { name: "AES-GCM", iv, additionalData: text.encode(`${kind}:${id}`) };
    return { id, kind, iv, data: await crypto.subtle.encrypt(how, this.#key, bytes) };
  }

  async #unsealed({ id, kind, iv, data }) {
    const how = { name: "AES-GCM", iv, additionalData: text.encode(`${kind}:${id}`) };
    return crypto.subtle.decrypt(how, this.#key, data);
  }

  async putBytes(id, kind, bytes) {
    const record = await this.#sealed(id, kind, bytes);
    await change("sealed", (store) => store.put(record));
  }

  async bytes(id) { return this.#unsealed(await read("sealed", (store) => store.get(id))); }

  put(id, kind, value) { return this.putBytes(id, kind, text.encode(JSON.stringify(value))); }

  async all(kind) {
    const records = (await read("sealed", (store) => store.getAll())).filter((record) => record.kind === kind);
    const opened = await Promise.all(records.map((record) => this.#unsealed(record)));
    return opened.map((bytes) => JSON.parse(new TextDecoder().decode(bytes)));
  }

  // Together or not at all.
  remove(ids) { return change("sealed", (store) => ids.forEach((id) => store.delete(id))); }
}
