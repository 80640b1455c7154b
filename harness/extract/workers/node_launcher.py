"""Puts the guards up, then becomes the Node worker: limits, namespaces, Landlock, seccomp and lost capabilities outlive an `exec`.

Started as `python -S -s -P node_launcher.py FD`. The audit hook does not outlive it, so it is told as off.
"""

from __future__ import annotations

import json
import os
import resource
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import enclosure  # type: ignore[import-not-found,unused-ignore]  # a neighbour, for there is no harness in here

del sys.path[0]

_MB = 1 << 20


def main() -> None:
    """Answer the set-up with the guards that hold, and go over to `node_worker.mjs`, which says the rest."""
    channel = enclosure.Channel(int(sys.argv[1]))
    received = channel.receive()
    if received is None:
        return
    setup = received[0]
    worker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "node_worker.mjs")
    memory = enclosure.Memory()
    held, _, _ = enclosure.enclose(setup, memory, [worker], programs=True)
    channel.send({"guards": {**held, "audit": False}})
    # V8 reserves far more address space than it uses, so that the limit is on what is writable, which it grows into.
    limit = enclosure.LOADED * setup["memory"]
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    node, packages = setup["program"]
    told = {
        "channel": channel.hand_over(), "memory": memory.hand_over(), "pageSize": resource.getpagesize(), "packages": packages,
        "plugin": setup["plugin"], "answer": setup["answer"], "limit": setup["memory"],
    }  # fmt: skip
    # Without the third, SIGUSR1, which asks for a stack, would open a debugger; so it ends the worker, which has had its time.
    flags = [f"--max-old-space-size={setup['memory'] // _MB}", "--random-seed=1", "--disable-sigusr1", "--no-warnings"]
    os.execv(node, [node, *flags, worker, json.dumps(told)])


if __name__ == "__main__":
    main()
