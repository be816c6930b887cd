"""A line on which everything arrives late: a port of 127.0.0.1 that passes on to another."""

import asyncio
import threading


class SlowLine:
    def __init__(self, port, delay_s):
        self._target = port
        self._delay_s = delay_s
        self._loop = asyncio.new_event_loop()
        server = self._loop.run_until_complete(
            asyncio.start_server(self._on_connection, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    async def _on_connection(self, reader, writer):
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        await asyncio.gather(self._carry(reader, there_writer), self._carry(there_reader, writer))

    async def _carry(self, reader, writer):
        """In order, each piece when its time has come."""
        try:
            while piece := await reader.read(65536):
                self._loop.call_later(self._delay_s, writer.write, piece)
        except ConnectionError:
            pass
        self._loop.call_later(self._delay_s, writer.close)

    def close(self):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
