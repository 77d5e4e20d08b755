#!/usr/bin/env python3
"""A server for tests that takes connections and says nothing: mute.py DIR

Listens on a free port of 127.0.0.1, writes DIR/port, and a line into DIR/log for every connection that
has sent something.
"""
import os
import socket
import sys

top = sys.argv[1]
server = socket.create_server(('127.0.0.1', 0))
with open(os.path.join(top, 'port.new'), 'w', encoding='utf-8') as port:
    print(server.getsockname()[1], file=port)
os.rename(os.path.join(top, 'port.new'), os.path.join(top, 'port'))
kept = []
while True:
    kept.append(server.accept()[0])
    kept[-1].recv(1)
    with open(os.path.join(top, 'log'), 'a', encoding='utf-8') as log:
        print('connected', file=log)
