#!/usr/bin/env python3
"""A server of files that takes uploads: web_store.py DIR

Keeps files in DIR/files, on a free port of 127.0.0.1 that it writes to DIR/port; with DIR/cert.pem
and DIR/key.pem, by TLS. A line "METHOD PATH STATUS" in DIR/log for every request,
with " +" behind where it said who asks. GET with Range, HEAD, PUT and POST.
DIR/rules is read at each request; a line is a rule:

  basic NAME PASSWORD      who asks has to be this one, by Basic authentication
  digest NAME PASSWORD     the same by Digest
  header NAME VALUE        a request without this header is refused (401)
  only METHODS             "GET,HEAD": others are answered by 405
  fail N STATUS [GLOB]     the next N requests for such paths are answered so, Retry-After: 0
  cut N [GLOB]             the next N answers of such paths that have bytes end in the middle
  endless [GLOB]           what is got never ends, and has no length
  unsized                  what is got has no length
  whole                    no Range is heard
  lose                     uploads are answered by 201 and forgotten
  page                     what is not there is a page, with 200
  hide                     what is not there is refused (403)
  away URL                 redirect (302, uploads 307) to URL + path
  wrong                    what is got has other bytes
"""
import base64
import fnmatch
import hashlib
import http.server
import os
import re
import ssl
import sys
import threading

top = sys.argv[1]
lock = threading.Lock()
spent = {}


def rules():
    try:
        with open(os.path.join(top, 'rules'), encoding='utf-8') as file:
            return [line.split() for line in file if line.strip()]
    except OSError:
        return []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def rule(self, name):
        return next((rule for rule in self.rules if rule[0] == name), None)

    def spend(self, name, glob_at):
        """Whether one of the N of such a rule is left for this request."""
        for at, rule in enumerate(self.rules):
            if rule[0] != name or not fnmatch.fnmatch(self.path, (rule + ['*'] * 9)[glob_at]):
                continue
            with lock:
                key = (at, *rule)
                spent[key] = spent.get(key, 0) + 1
                if spent[key] <= int(rule[1]):
                    return rule
        return None

    def note(self, status):
        known = self.headers.get('Authorization') or self.headers.get('X-Key')
        with lock, open(os.path.join(top, 'log'), 'a', encoding='utf-8') as log:
            print(self.command, self.path, status, *(['+'] if known else []), file=log)

    def answer(self, status, headers=(), body=b'', length=None):
        self.note(status)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body) if length is None else length))
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    # ------------------------------------------------------------------ who asks

    def is_digest(self, name, password):
        told = dict(re.findall(r'(\w+)="?([^",]*)"?', self.headers.get('Authorization', '')))

        def md5(text):
            return hashlib.md5(text.encode()).hexdigest()
        first = md5(f'{name}:here:{password}')
        second = md5(f'{self.command}:{self.path}')
        parts = (first, 'n0nce', told.get('nc', ''), told.get('cnonce', ''), 'auth', second)
        return told.get('response') == md5(':'.join(parts))

    def is_let_in(self):
        for kind, name, secret in [rule for rule in self.rules if rule[0] in ('basic', 'digest', 'header')]:
            if kind == 'header' and self.headers.get(name) != secret:
                self.answer(401)
                return False
            pair = base64.b64encode(f'{name}:{secret}'.encode()).decode()
            if kind == 'basic' and self.headers.get('Authorization') != 'Basic ' + pair:
                self.answer(401, [('WWW-Authenticate', 'Basic realm="here"')])
                return False
            if kind == 'digest' and not self.is_digest(name, secret):
                self.answer(401, [('WWW-Authenticate', 'Digest realm="here", nonce="n0nce", qop="auth"')])
                return False
        return True

    # ------------------------------------------------------------------- requests

    def read_body(self):
        if 'chunked' not in self.headers.get('Transfer-Encoding', ''):
            return self.rfile.read(int(self.headers.get('Content-Length', 0)))
        body = b''
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def serve(self):
        self.rules = rules()
        upload = self.command in ('PUT', 'POST')
        body = self.read_body() if upload else b''
        only = self.rule('only')
        if only and self.command not in only[1].split(','):
            return self.answer(405)
        failing = self.spend('fail', 3)
        if failing:
            return self.answer(int(failing[2]), [('Retry-After', '0')])
        away = self.rule('away')
        if away:
            return self.answer(307 if upload else 302, [('Location', away[1] + self.path)])
        if not self.is_let_in():
            return None
        path = os.path.join(top, 'files', self.path.lstrip('/'))
        return self.take(path, body) if upload else self.give(path)

    def take(self, path, body):
        if not self.rule('lose'):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(f'{path}.{threading.get_ident()}', 'wb') as file:
                file.write(body)
            os.rename(file.name, path)
        self.answer(201)

    def give(self, path):
        try:
            with open(path, 'rb') as file:
                body = file.read()
        except OSError:
            if self.rule('page'):
                return self.answer(200, [('Content-Type', 'text/html')], b'<html>Not here</html>')
            return self.answer(403 if self.rule('hide') else 404)
        if self.rule('wrong'):
            body = bytes(byte ^ 1 for byte in body)
        endless = self.rule('endless')
        if endless and fnmatch.fnmatch(self.path, (endless + ['*'])[1]):
            return self.stream(body, True)
        if self.rule('unsized'):
            return self.stream(body, False)
        head = [('ETag', f'"{hashlib.sha1(body).hexdigest()[:12]}"')]
        wanted = re.fullmatch(r'bytes=(\d+)-(\d*)', self.headers.get('Range', ''))
        if not wanted or self.rule('whole'):
            return self.cut(200, head, body)
        first, last = int(wanted[1]), min(int(wanted[2] or len(body)), len(body) - 1)
        if first >= len(body):
            return self.answer(416, [('Content-Range', f'bytes */{len(body)}')])
        head.append(('Content-Range', f'bytes {first}-{last}/{len(body)}'))
        return self.cut(206, head, body[first:last + 1])

    def cut(self, status, head, body):
        """An answer, or its first half."""
        if self.command != 'GET' or not body or not self.spend('cut', 2):
            return self.answer(status, head, body)
        self.answer(status, head, body[:len(body) // 2], len(body))
        self.close_connection = True
        return None

    def stream(self, body, endless):
        """Without a length, to the end of the connection: where it is endless, until nobody listens."""
        self.close_connection = True
        self.note(200)
        self.send_response(200)
        self.send_header('Connection', 'close')
        self.end_headers()
        while self.command != 'HEAD':
            self.wfile.write(body or b'x' * endless)
            if not endless:
                return

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = serve

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, *_):
        """Whoever is cut off or stops listening is a part of the tests."""


server = Server(('127.0.0.1', 0), Handler)
if os.path.exists(os.path.join(top, 'cert.pem')):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(os.path.join(top, 'cert.pem'), os.path.join(top, 'key.pem'))
    server.socket = context.wrap_socket(server.socket, server_side=True)
with open(os.path.join(top, 'port.new'), 'w', encoding='utf-8') as port:
    print(server.server_address[1], file=port)
os.rename(os.path.join(top, 'port.new'), os.path.join(top, 'port'))
server.serve_forever()
