"""The process of the embedded broker. Run as a script, so that it loads amqtt and nothing of the product.

amqtt_process.py HOST:PORT PASSWORD_FILE
"""

import asyncio
import logging
import signal
import sys


async def main(address: str, password_file: str) -> None:
    from amqtt.broker import Broker

    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": address}},
            "plugins": {"amqtt.plugins.authentication.FileAuthPlugin": {"password_file": password_file}},
        }
    )
    await broker.start()
    await stopped.wait()
    await broker.shutdown()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    asyncio.run(main(sys.argv[1], sys.argv[2]))
