"""A network between the machines of a hall that can be cut, stalled, or severed in the middle of a sentence.

One port for each machine: whoever wants it comes through here.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Any

PIECE = 65536


class Road:
    """The way to one machine: `port` on this one leads to `to`. Its orders may come from any thread."""

    def __init__(self, network: Network, port: int, to: int) -> None:
        self.port, self._to = port, to
        self._loop = network.loop
        self._open: set[asyncio.StreamWriter] = set()
        self._left: int | None = None
        self._closed = False
        self._passing = asyncio.Event()
        self._passing.set()
        network.run(self._listen())
        network.roads.append(self)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._come, "127.0.0.1", self.port, backlog=512)

    # --- orders ---

    def cut(self) -> None:
        """Every line breaks, and nobody gets through until `mend`."""
        self._loop.call_soon_threadsafe(self._cut)

    def stall(self) -> None:
        """Lines stay, and nothing comes through until `mend`."""
        self._loop.call_soon_threadsafe(self._passing.clear)

    def sever(self, after: int) -> None:
        """When so many bytes more have come through, every line breaks where it is; new ones work."""
        self._loop.call_soon_threadsafe(setattr, self, "_left", after)

    def mend(self) -> None:
        self._loop.call_soon_threadsafe(self._mend)

    def close(self) -> None:
        """In the network's own thread: nobody gets in any more."""
        self._server.close()

    def _cut(self) -> None:
        self._closed = True
        self._break()

    def _mend(self) -> None:
        self._closed, self._left = False, None
        self._passing.set()

    def _break(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    # --- lines ---

    async def _come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._closed:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, back}
        try:
            await asyncio.gather(self._carry(reader, back), self._carry(there, writer))
        except asyncio.CancelledError:
            return  # the end of all
        finally:
            self._open -= {writer, back}
            for one in (writer, back):
                one.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(PIECE):
                await self._passing.wait()
                if self._left is not None:
                    piece, self._left = piece[: self._left], self._left - len(piece)
                writer.write(piece)
                await writer.drain()
                if self._left is not None and self._left <= 0:
                    self._left = None
                    self._break()
        with contextlib.suppress(OSError, RuntimeError):
            if writer.can_write_eof():
                writer.write_eof()


class Network:
    """A thread that carries every byte."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.roads: list[Road] = []
        self._thread = threading.Thread(target=self.loop.run_forever, name="network", daemon=True)
        self._thread.start()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def close(self) -> None:
        self.run(self._end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(5)
        self.loop.close()

    async def _end(self) -> None:
        for road in self.roads:
            road.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for one in others:
            one.cancel()
        await asyncio.gather(*others, return_exceptions=True)
