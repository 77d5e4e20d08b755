#!/usr/bin/env python3
"""free_ports.py COUNT: numbers of ports that nothing on this machine uses, on one line.

They are below those that the system gives to outgoing connections, so that none is taken by
chance before the server that is to listen there has started.
"""
import random
import socket
import sys

ports = []
while len(ports) < int(sys.argv[1]):
    port = random.randrange(10000, 32000)
    with socket.socket() as probe:
        try:
            probe.bind(('127.0.0.1', port))
        except OSError:
            continue
    if port not in ports:
        ports.append(port)
print(*ports)
