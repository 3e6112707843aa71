// What is asked of the server. An answer is {state}: "here", "login", "other", "offline", "trouble"; of a visit also
// "sent" and "refused" (with title and errors).

// A village's network is often there and carries nothing: a question is given up soon, a photograph late.
const [SOON, LATE] = [5_000, 180_000];

const ask = async (url, options = {}) => {
  const signal = AbortSignal.timeout(options.body ? LATE : SOON);
  try {
    return await fetch(url, { credentials: "same-origin", redirect: "manual", cache: "no-store", signal, ...options });
  } catch {
    return null;
  }
};

const isJson = (answer) => (answer.headers.get("Content-Type") ?? "").includes("json");

const stateOf = (answer) => {
  if (answer === null) return "offline";
  if (answer.type === "opaqueredirect" || answer.status === 401) return "login";
  if (answer.status === 403) return "other";
  return answer.ok && isJson(answer) ? "here" : "trouble";
};

export const session = async (urls) => {
  const answer = await ask(urls.session);
  const state = stateOf(answer);
  return state === "here" ? { state, ...await answer.json() } : { state };
};

// A form that the server refuses for its token is sent once more with a new one: the login may have been renewed.
const post = async (url, body, here, urls) => {
  const send = (token) => ask(url, { method: "POST", body, headers: { "X-CSRFToken": token } });
  let answer = await send(here.token);
  if (answer?.status === 403 && !isJson(answer)) {
    const again = await session(urls);
    if (again.state !== "here" || again.account !== here.account) return { state: again.state === "here" ? "other" : again.state };
    answer = await send(again.token);
  }
  if (answer !== null && answer.status >= 400 && answer.status < 500 && isJson(answer)) {
    return { state: "refused", ...await answer.json() };
  }
  const state = stateOf(answer);
  try {
    return state === "here" ? { state, ...await answer.json() } : { state };
  } catch {
    return { state: "offline" }; // the line broke within the answer
  }
};

export const take = (keys, here, urls) => {
  const body = new FormData();
  keys.forEach((key) => body.append("person", key));
  return post(urls.take, body, here, urls);
};

// Only an answer that names this very visit says that it arrived.
export const send = async (visit, photos, here, urls) => {
  const body = new FormData();
  body.append("visit", JSON.stringify(visit));
  photos.forEach(({ blob, name }) => body.append("photo", blob, name));
  const answer = await post(urls.send, body, here, urls);
  if (answer.state !== "here") return answer;
  return { state: answer.uid === visit.uid ? "sent" : "trouble" };
};
