"""A process of clients of `bench.day`: asks at random moments at a fixed rate, whether or not the ones before were answered.

    python -m bench.day_clients FILE PORT SECONDS RATE DATABASE N OF

Prints, by kind, the milliseconds from the moment that each was due until its answer was there, and what went wrong.
"""

import http.client
import json
import queue
import random
import re
import sys
import threading
import time
from collections import Counter, defaultdict
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import psycopg

from bench import day

_WARM_UP = 30.0  # seconds at first that do not count: each process of the server reads its programs
_MOST_AT_ONCE = 300  # who waits behind so many has no answer
_BARE = 20  # of so many pages one is asked of the database alone, too
_CSRF = "x" * 32
_CARRIED = re.compile(r'<input type="hidden" name="(csrfmiddlewaretoken|version|sure)" value="([^"]*)"')


class Clients:
    def __init__(self, file: Path, port: int, database: str, n: int, of: int) -> None:
        asked = day.read(file)
        self.photograph = day.photograph_beside(file).read_bytes()
        self.port, self.database = port, database
        self.dice = random.Random(100 + n)
        self.took: dict[str, list[float]] = defaultdict(list)
        self.wrong: dict[str, Counter[str]] = defaultdict(Counter)
        self.asked = asked
        self.left: dict[str, queue.SimpleQueue[list[str]]] = {}
        for one in asked:
            if one.how in ("form", "apply"):
                self.left[one.kind] = queue.SimpleQueue()
                for item in day.shared(one.whose, n, of):
                    self.left[one.kind].put(item)
        self.connections: queue.SimpleQueue[psycopg.Connection] = queue.SimpleQueue()
        for _ in range(2):
            self.connections.put(
                psycopg.connect(database, autocommit=True, options="-c jit=off -c max_parallel_workers_per_gather=0")
            )

    def run(self, seconds: float, rate: float) -> None:
        began, at = time.monotonic(), 0.0
        self.counts_from = began + _WARM_UP
        weights = [one.weight for one in self.asked]
        running: list[threading.Thread] = []
        while (at := at + self.dice.expovariate(rate)) < seconds + _WARM_UP:
            if (wait := began + at - time.monotonic()) > 0:
                time.sleep(wait)
            running = [one for one in running if one.is_alive()]
            [asked] = self.dice.choices(self.asked, weights)
            if len(running) >= _MOST_AT_ONCE:
                self.wrong[asked.kind]["too many wait"] += 1
                continue
            running.append(threading.Thread(target=self._one, args=(asked, began + at), daemon=True))
            running[-1].start()
            if asked.bare and not self.dice.randrange(_BARE):
                threading.Thread(target=self._bare, args=(asked,), daemon=True).start()
        for one in running:
            one.join(150)

    def _one(self, asked: day.Asked, due: float) -> None:
        try:
            if asked.how == "form":
                due, status = self._form(*self.left[asked.kind].get_nowait(), due=due)
            elif asked.how == "apply":
                status = self._apply(*self.left[asked.kind].get_nowait())
            elif asked.how == "upload":
                status = self._upload(*self.dice.choice(asked.whose))
            else:
                status = self._ask("GET", *reversed(self.dice.choice(asked.whose)))[0]
        except queue.Empty:
            self.wrong[asked.kind]["none left to ask for"] += 1
            return
        except (OSError, http.client.HTTPException) as error:
            self.wrong[asked.kind][type(error).__name__] += 1
            return
        if due >= self.counts_from:
            self.took[asked.kind].append((time.monotonic() - due) * 1000)
        if status not in ({302} if asked.how == "form" else {200, 201, 302}):
            self.wrong[asked.kind][str(status)] += 1

    def _form(self, session: str, path: str, said: str, due: float) -> tuple[float, int]:
        """The page of the act from when it was due, then the act itself."""
        page = self._ask("GET", path, session)[1]
        after = time.monotonic()
        if due >= self.counts_from:
            self.took[day.FORM.name].append((after - due) * 1000)
        content = urlencode({**dict(_CARRIED.findall(page)), **json.loads(said)}, doseq=True).encode()
        status = self._ask("POST", path, session, content, "application/x-www-form-urlencoded")[0]
        return after, status

    def _apply(self, token: str, path: str, said: str) -> int:
        return self._ask("POST", path, token, said.encode(), "application/json")[0]

    def _upload(self, token: str, path: str, kind: str) -> int:
        mark = uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="kind"\r\n\r\n{kind}\r\n--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{kind}.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        content = head.encode() + self.photograph + f"\r\n--{mark}--\r\n".encode()
        return self._ask("POST", path, token, content, f"multipart/form-data; boundary={mark}")[0]

    def _ask(self, method: str, path: str, who: str, content: bytes = b"", kind: str = "") -> tuple[int, str]:
        """As a proxy asks: over a connection of its own, for whichever process is free."""
        headers = (
            {"Authorization": who} if who.startswith("Bearer ") else {"Cookie": f"csrftoken={_CSRF}; sessionid={who}"}
        )
        if content:
            headers["Content-Type"] = kind
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, content or None, headers)
            response = connection.getresponse()
            return response.status, response.read().decode("utf-8", "replace")
        finally:
            connection.close()

    def _bare(self, asked: day.Asked) -> None:
        """The queries of a page over a connection that is there; where both are busy, this time not."""
        with suppress(queue.Empty):
            connection = self.connections.get_nowait()
            began = time.monotonic()
            for query in asked.bare:
                connection.execute(query).fetchall()  # type: ignore[call-overload]
            self.took[f"{asked.kind}, bare"].append((time.monotonic() - began) * 1000)
            self.connections.put(connection)


def main() -> int:
    file, port, seconds, rate, database, n, of = sys.argv[1:]
    clients = Clients(Path(file), int(port), database, int(n), int(of))
    clients.run(float(seconds), float(rate))
    print(json.dumps({kind: [clients.took[kind], clients.wrong[kind]] for kind in {*clients.took, *clients.wrong}}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
