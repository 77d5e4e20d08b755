#!/usr/bin/env python3
"""A web server for tests: web.py DIR

Serves the files of DIR/files on a free port of 127.0.0.1, writes DIR/port, and a line "METHOD PATH"
into DIR/log for every request. By the first folder of a path:

  /redirect/X   to /X, relative     /away/X   to http://…/X       /loop/X   to itself
  /plain/X      /X without an ETag  /busy/X   503 to the first two of its requests, then /X
  /getonly/X    /X, but 405 to HEAD

It is a proxy for TLS, too: CONNECT to a port of this machine.
"""
import hashlib
import http.server
import os
import socket
import sys
import threading

top = sys.argv[1]
seen = {}


def pump(source, target):
    """Hand on what comes, to its end."""
    try:
        while data := source.recv(1 << 16):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def send(self, status, headers=(), body=b''):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def answer(self):
        with open(os.path.join(top, 'log'), 'a', encoding='utf-8') as log:
            print(self.command, self.path, file=log)
        how, _, rest = self.path[1:].split('?')[0].partition('/')
        if how == 'redirect':
            return self.send(302, [('Location', '/' + rest)])
        if how == 'away':
            return self.send(301, [('Location', f'http://{self.headers["Host"]}/{rest}')])
        if how == 'loop':
            return self.send(307, [('Location', self.path)])
        if how == 'getonly' and self.command == 'HEAD':
            return self.send(405)
        if how == 'busy':
            seen[self.path] = seen.get(self.path, 0) + 1
            if seen[self.path] <= 2:
                return self.send(503)
        name = rest if how in ('plain', 'busy', 'getonly') else self.path[1:].split('?')[0]
        try:
            with open(os.path.join(top, 'files', name), 'rb') as file:
                body = file.read()
        except OSError:
            return self.send(404)
        tag = [] if how == 'plain' else [('ETag', f'"{hashlib.sha1(body).hexdigest()[:12]}"')]
        return self.send(200, tag, body)

    do_GET = do_HEAD = answer

    def do_CONNECT(self):
        with open(os.path.join(top, 'log'), 'a', encoding='utf-8') as log:
            print(self.command, self.path, file=log)
        with socket.create_connection(('127.0.0.1', int(self.path.rpartition(':')[2]))) as far:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=pump, args=(far, self.connection))
            back.start()
            pump(self.connection, far)
            back.join()
        self.close_connection = True

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
with open(os.path.join(top, 'port.new'), 'w', encoding='utf-8') as port:
    print(server.server_address[1], file=port)
os.rename(os.path.join(top, 'port.new'), os.path.join(top, 'port'))
server.serve_forever()
