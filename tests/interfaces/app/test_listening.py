"""Where a served plant can be reached: at this machine, by every one of its processes."""

import psutil


async def test_no_process_of_a_served_plant_listens_beyond_this_machine(terminal):
    async with terminal.running("serve", "--port", "0") as running:
        await running.serving()
        processes = [psutil.Process(running.process.pid), *running.descendants()]
        sockets = [one for process in processes for one in process.net_connections("inet")]
        assert await running.stop() == 0, running.said
    listening = [one.laddr.ip.removeprefix("::ffff:") for one in sockets if one.status == psutil.CONN_LISTEN]
    assert len(listening) > 3, "the web app, the graph, the database and the broker"
    assert set(listening) == {"127.0.0.1"}
