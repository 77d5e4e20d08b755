#!/usr/bin/env python3
"""git's smart HTTP over TLS, for tests: git_https.py DIR

Serves the repositories below DIR/served by `git http-backend` on a free port of 127.0.0.1, with
DIR/cert.pem and DIR/key.pem, writes DIR/port, and a line "STATUS METHOD PATH" into DIR/log for every
request. By the first folder of a path:

  /private/X          X, to who knows the line "user:password" of DIR/password
  /moved/X            301 to /X              /loop/X    301 to itself
  /away/SCHEME/H:P/X  301 to SCHEME://H:P/X
"""
import base64
import http.server
import os
import ssl
import subprocess
import sys

top = os.path.abspath(sys.argv[1])


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def send(self, status, headers=(), body=b''):
        with open(os.path.join(top, 'log'), 'a', encoding='utf-8') as log:
            print(status, self.command, self.path, file=log)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        if self.headers.get('Transfer-Encoding', '').lower() != 'chunked':
            return self.rfile.read(int(self.headers.get('Content-Length') or 0))
        parts = []
        while size := int(self.rfile.readline().split(b';')[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b''.join(parts)

    def is_known(self):
        with open(os.path.join(top, 'password'), 'rb') as file:
            known = b'Basic ' + base64.b64encode(file.read().strip())
        return self.headers.get('Authorization', '').encode() == known

    def answer(self):
        sent = self.body()
        path, _, query = self.path.partition('?')
        how, _, rest = path[1:].partition('/')
        if how == 'moved':
            return self.send(301, [('Location', self.path.replace('/moved', '', 1))])
        if how == 'loop':
            return self.send(301, [('Location', self.path)])
        if how == 'away':
            scheme, _, where = self.path[len('/away/'):].partition('/')
            return self.send(301, [('Location', f'{scheme}://{where}')])
        if how == 'private':
            if not self.is_known():
                return self.send(401, [('WWW-Authenticate', 'Basic realm="a test"')])
            path = '/' + rest
        return self.run(path, query, sent)

    def run(self, path, query, sent):
        environment = dict(
            os.environ, GIT_PROJECT_ROOT=os.path.join(top, 'served'), GIT_HTTP_EXPORT_ALL='1',
            PATH_INFO=path, QUERY_STRING=query, REQUEST_METHOD=self.command,
            CONTENT_TYPE=self.headers.get('Content-Type', ''), CONTENT_LENGTH=str(len(sent)),
            HTTP_CONTENT_ENCODING=self.headers.get('Content-Encoding', ''),
            GIT_PROTOCOL=self.headers.get('Git-Protocol', ''))
        done = subprocess.run(['git', 'http-backend'], input=sent, env=environment, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        head, _, body = done.stdout.partition(b'\r\n\r\n')
        headers = [line.split(': ', 1) for line in head.decode().split('\r\n') if ': ' in line]
        status = next((value for name, value in headers if name == 'Status'), '200')
        self.send(int(status.split()[0]), [item for item in headers if item[0] != 'Status'], body)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(os.path.join(top, 'cert.pem'), os.path.join(top, 'key.pem'))
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
with open(os.path.join(top, 'port.new'), 'w', encoding='utf-8') as port:
    print(server.server_address[1], file=port)
os.rename(os.path.join(top, 'port.new'), os.path.join(top, 'port'))
server.serve_forever()
