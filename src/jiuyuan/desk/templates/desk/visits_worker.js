// Keeps the page for visits without network, and nothing else: no answer with anybody's data goes through here.
const CACHE = "jiuyuan-visits-{{ version|escapejs }}";
const PAGE = "{{ page|escapejs }}";
const FILES = {{ files|safe }};

const fetched = async (url) => {
  const answer = await fetch(url, { cache: "reload", credentials: "same-origin" });
  // A login page is no page for visits: keep the former version until somebody is logged in again.
  if (!answer.ok || answer.redirected) throw new Error(`not kept: ${url}`);
  return answer;
};

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const answers = await Promise.all([PAGE, ...FILES].map(async (url) => [url, await fetched(url)]));
    const cache = await caches.open(CACHE);
    await Promise.all(answers.map(([url, answer]) => cache.put(url, answer)));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    const old = names.filter((name) => name.startsWith("jiuyuan-visits-") && name !== CACHE);
    await Promise.all(old.map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  const wanted = event.request.mode === "navigate" && url.pathname === PAGE ? PAGE : url.pathname;
  if (wanted !== PAGE && !FILES.includes(wanted)) return;
  event.respondWith((async () => {
    const cache = await caches.open(CACHE);
    return (await cache.match(wanted)) ?? fetch(event.request);
  })());
});
