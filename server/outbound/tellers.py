"""The deliverers of a hall: one for each system that it tells, by the tables of its file as they are now."""

from __future__ import annotations

import threading

from config import Hall
from server.domain import platform
from server.health import Health
from server.outbound import to_platform, to_webhooks
from server.outbound.deliverer import Deliverer
from server.verbs import links
from server.verbs.hub import Hub


class Tellers:
    """Follows the hall: whose table is another one gets another deliverer, which goes on at the same cursor."""

    def __init__(self, hub: Hub, health: Health | None = None) -> None:
        self._hub, self._health, self._one_by_one = hub, health, threading.Lock()
        self._running: dict[str, tuple[object, Deliverer]] = {}
        """Name -> its table when it was started, and who tells it."""
        self._left: dict[str, Deliverer] = {}
        """Who told it before: the next one waits for its end, so that no cursor is written by two."""
        self._stopped = False

    def start(self) -> None:
        self._hub.on_hall.append(self._follow_hall)
        for link in self._hub.read().links():  # one that was taken out of the file while the hub was away
            if link.destination not in self._tables():
                links.forget(self._hub, link.destination)
        self._look()

    def _follow_hall(self, before: Hall, now: Hall) -> None:
        self._look()

    def _look(self) -> None:
        with self._one_by_one:
            if self._stopped:
                return
            tables = self._tables()
            wanted = {
                one.name: one
                for one in (to_platform.destination(self._hub), *to_webhooks.destinations(self._hub))
                if one is not None
            }
            for name, (table, teller) in [*self._running.items()]:
                if name not in wanted or table != tables[name]:
                    teller.leave()
                    self._left[name] = teller
                    del self._running[name]
                    if name not in tables:
                        threading.Thread(
                            target=self._forget, args=(name, teller), name=f"outbound {name} ends", daemon=True
                        ).start()
            for name, to in wanted.items():
                if name not in self._running:
                    teller = Deliverer(self._hub, to, self._health, after=self._left.pop(name, None))
                    self._running[name] = (tables[name], teller)
                    teller.start()

    def _tables(self) -> dict[str, object]:
        """Whom the hall's file names, and by which table."""
        hall = self._hub.hall
        return {platform.LINK: hall.platform, **hall.webhooks}

    def _forget(self, name: str, teller: Deliverer) -> None:
        """Once nobody tells it any more, where it stood goes; unless it was named again meanwhile."""
        teller.ended()
        with self._one_by_one:
            if self._stopped or self._left.get(name) is not teller:
                return
            del self._left[name]
            links.forget(self._hub, name)

    def stop(self) -> None:
        """End them all; what is under way is cut, and sent again at the next start."""
        with self._one_by_one:
            self._stopped = True
            for _, teller in self._running.values():
                teller.leave()
            for _, teller in self._running.values():
                teller.stop()
