#!/usr/bin/env python3
"""An S3 server in memory that misbehaves as it is told; only the standard library.

  faulty_s3.py DIR [--tls] [RULE...]

Listens on a free port of 127.0.0.1, writes DIR/port (and, with --tls, uses cert.pem and key.pem of
DIR), and then a line into DIR/log for every request:

  STATUS OPERATION METHOD TARGET conn=N in=BYTES out=BYTES [expect] [HEADER=VALUE...] [!FAULT...]

STATUS is - where no answer was sent; conn numbers the connections; the headers are x-amz- ones
that say something about the object. Signatures, payload hashes, Content-MD5 and the clock are
checked as S3 does. Keys: TESTACCESSKEY0000001 and ...2, whose secrets are ceph-rgw.sh's. Buckets
may also be addressed as BUCKET.s3.localhost.

A RULE is one argument, FAULT[=VALUE] and then words that choose the requests it strikes:

  on=OPERATION,...   put get head delete list remove create part complete abort parts uploads
                     bucket (makes, heads, deletes or asks where a bucket is); default: all
  key=REGEX          whose key matches
  header=NAME        that carry this header
  reused             that are not the first of their connection
  every=N  percent=P each N-th of those, or P of 100 by a seeded dice (seed=N)
  after=N  first=N   not the first N of those; only N of them

Faults, by what they do:

  answer=STATUS[:CODE[:SECONDS]]   refuse (SECONDS: Retry-After); the body is read first
  early=STATUS[:CODE]              refuse before the body is read, and close the connection
  reset  close                     no answer: RST, or FIN
  lost                             do what is asked, then close without an answer
  headers-reset                    send the headers only, then RST
  cut[=BYTES]                      send so much of the body (half), then FIN; -1 is all but a byte
  endless[=BYTES]                  likewise, without a Content-Length
  chunked[=BYTES]                  likewise, in chunks, without the last
  stall=SECONDS                    a pause in the middle of the body
  delay=SECONDS                    a pause before the answer
  flip                             one bit of the body is another
  whole                            ignore Range: 200 and all
  wrong-range                      206, but of the bytes one further on
  late-error                       200, spaces, then an error (for complete)
  ignore-conditions  no-conditions ignore If-Match and If-None-Match; or answer them with 501
  same-page                        a listing whose pages lead to themselves
  page=N                           a listing of N at most
  doctype                          an XML answer that grows without end where entities are followed
  portal                           200 and a web page, whatever was asked
  skew=SECONDS                     the server's clock is off
  expired=ACCESSKEY                400 ExpiredToken for this key
  region=NAME  moved=NAME          the bucket is in that region: 400 AuthorizationHeaderMalformed,
                                   or 301, until a request is signed for it
  redirect=URL                     307 to URL and the path
  rate=N                           503 SlowDown above N requests in a second

POST /-/rules replaces the rules by those in the body, one a line; POST /-/reset breaks all other
connections.
"""
import base64
import calendar
import collections
import hashlib
import http.server
import itertools
import os
import random
import re
import socket
import socketserver
import ssl
import struct
import sys
import threading
import time
import urllib.parse
import uuid
import xml.etree.ElementTree
from xml.sax.saxutils import escape

import sigv4

KEYS = {'TESTACCESSKEY000000%d' % i: 'testsecretkey/0000000000000000000+00000%d' % i for i in (1, 2)}
REGION = 'us-east-1'
HOST_SUFFIX = '.s3.localhost'
MIN_PART = 5 << 20
SKEW_LIMIT = 15 * 60
STATUS = {
    'AccessDenied': 403, 'AuthorizationHeaderMalformed': 400, 'BadDigest': 400, 'BucketAlreadyOwnedByYou': 409,
    'BucketNotEmpty': 409, 'EntityTooSmall': 400, 'ExpiredToken': 400, 'IncompleteBody': 400,
    'InvalidAccessKeyId': 403, 'InvalidArgument': 400, 'InvalidDigest': 400, 'InvalidPart': 400,
    'InvalidPartOrder': 400, 'InvalidRange': 416, 'InvalidRequest': 400, 'MalformedXML': 400,
    'MethodNotAllowed': 405, 'MissingContentLength': 411, 'NoSuchBucket': 404, 'NoSuchKey': 404,
    'NoSuchUpload': 404, 'NotImplemented': 501, 'PermanentRedirect': 301, 'PreconditionFailed': 412,
    'RequestTimeTooSkewed': 403, 'SignatureDoesNotMatch': 403, 'SlowDown': 503, 'TemporaryRedirect': 307,
    'XAmzContentSHA256Mismatch': 400}
NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'
BOMB = ('<?xml version="1.0"?><!DOCTYPE b [<!ENTITY e0 "eeeeeeeeee">%s]><ListBucketResult><Name>&e9;</Name>'
        '</ListBucketResult>' % ''.join('<!ENTITY e%d "%s">' % (i, '&e%d;' % (i - 1) * 10) for i in range(1, 10)))
PORTAL = '<!doctype html><html><head><title>Please log in</title></head><body>Welcome</body></html>'


class Error(Exception):
    def __init__(self, code, status=None, headers=(), more=''):
        super().__init__(code)
        self.code = code
        self.status = status or STATUS[code]
        self.headers = dict(headers)
        self.more = more  # XML inside the error


class Gone(Exception):
    """The connection is to be dropped: `how` is "reset" or "close"."""

    def __init__(self, how):
        super().__init__(how)
        self.how = how


# ------------------------------------------------------------------ rules

class Rule:
    def __init__(self, text):
        words = text.split()
        self.fault, _, self.value = words[0].partition('=')
        if not re.search(r'^  (.* )?%s\b' % re.escape(self.fault), __doc__.split('Faults,')[1], re.M):
            sys.exit('faulty_s3.py: no such fault: ' + text)
        self.choice = dict(word.partition('=')[::2] for word in words[1:])
        known = {'on', 'key', 'header', 'reused', 'every', 'percent', 'seed', 'after', 'first'}
        if not set(self.choice) <= known:
            sys.exit('faulty_s3.py: cannot choose by %s: %s' % (set(self.choice) - known, text))
        self.dice = random.Random(int(self.choice.get('seed', 1)))
        self.matches = 0
        self.struck = 0

    def strikes(self, request):
        choice = self.choice
        if 'on' in choice and request.operation not in choice['on'].split(','):
            return False
        if 'key' in choice and not re.search(choice['key'], request.key):
            return False
        if 'header' in choice and choice['header'] not in request.headers:
            return False
        if 'reused' in choice and request.number_in_connection == 1:
            return False
        self.matches += 1
        count = self.matches - int(choice.get('after', 0))
        if count <= 0 or count % int(choice.get('every', 1)) != 0:
            return False
        if self.dice.uniform(0, 100) >= float(choice.get('percent', 100)):
            return False
        if self.struck >= int(choice.get('first', sys.maxsize)):
            return False
        self.struck += 1
        return True


# ------------------------------------------------------------------ what is stored

class Object:
    def __init__(self, body, etag=None):
        self.body = body
        self.etag = etag or '"%s"' % hashlib.md5(body).hexdigest()
        self.time = time.time()


class Upload:
    def __init__(self, bucket, key):
        self.bucket, self.key = bucket, key
        self.id = uuid.uuid4().hex
        self.parts = {}


class Store:
    def __init__(self, directory, rules):
        self.lock = threading.Lock()
        self.buckets = {}
        self.uploads = {}
        self.done_uploads = {}  # id of a completed upload: its ETag, since a Complete may be repeated
        self.set_rules(rules)
        self.connection_numbers = itertools.count(1)
        self.recent = collections.deque()
        self.log = open(os.path.join(directory, 'log'), 'a', buffering=1)

    def set_rules(self, texts):
        self.rules = [Rule(text) for text in texts if text.strip()]

    def faults(self, request):
        with self.lock:
            return {rule.fault: rule.value for rule in self.rules if rule.strikes(request)}

    def is_too_fast(self, limit):
        now = time.monotonic()
        with self.lock:
            while self.recent and self.recent[0] < now - 1:
                self.recent.popleft()
            if len(self.recent) >= limit:
                return True
            self.recent.append(now)
            return False

    def bucket(self, name):
        if name not in self.buckets:
            raise Error('NoSuchBucket')
        return self.buckets[name]

    def upload(self, request):
        upload = self.uploads.get(request.query.get('uploadId'))
        if upload is None or (upload.bucket, upload.key) != (request.bucket, request.key):
            raise Error('NoSuchUpload')
        return upload


# ------------------------------------------------------------------ requests

def iso(seconds):
    return time.strftime('%Y-%m-%dT%H:%M:%S.000Z', time.gmtime(seconds))


def element(name, text):
    return '<%s>%s</%s>' % (name, escape(text), name)


def document(name, inner):
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<%s xmlns="%s">%s</%s>' % (name, NAMESPACE, inner, name)).encode()


def parse_xml(body):
    try:
        root = xml.etree.ElementTree.fromstring(body)
    except xml.etree.ElementTree.ParseError:
        raise Error('MalformedXML') from None
    for node in root.iter():
        node.tag = node.tag.rsplit('}', 1)[-1]
    return root


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    store = None

    # ---- the life of a connection

    def setup(self):
        super().setup()
        self.requests = 0
        self.connection_number = next(self.store.connection_numbers)
        self.server.open_connections[id(self.connection)] = self.connection

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (OSError, ValueError):
            self.close_connection = True

    def __getattr__(self, name):
        if name.startswith('do_'):
            return self.serve
        raise AttributeError(name)

    def log_message(self, *_):
        pass

    def version_string(self):
        return 'FaultyS3'

    def date_time_string(self, timestamp=None):
        return super().date_time_string(time.time() + self.skew if timestamp is None else timestamp)

    def handle_expect_100(self):
        self.has_expect = True
        if self.headers.get('Content-Length') == '0' or self.command not in ('PUT', 'POST'):
            return True
        self.is_continue_due = True
        return True

    # ---- the life of a request

    def serve(self):
        self.requests += 1
        self.number_in_connection = self.requests
        self.read_target()
        self.status, self.bytes_in, self.bytes_out = '-', 0, 0
        self.is_body_read = self.is_logged = False
        self.skew = 0
        if self.bucket == '-' and self.command == 'POST':
            self.control()
            return
        self.struck = self.store.faults(self)
        self.skew = float(self.struck.get('skew', 0))
        try:
            self.answer_with(*self.judge())
        except Gone as gone:
            self.write_log()
            self.drop(gone.how)
        except OSError:
            self.close_connection = True

    def read_target(self):
        parts = urllib.parse.urlsplit(self.path)
        self.raw_path, self.raw_query = parts.path or '/', parts.query
        self.query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        path = urllib.parse.unquote(self.raw_path).lstrip('/')
        host = self.headers.get('Host', '').rsplit(':', 1)[0]
        if host.endswith(HOST_SUFFIX):
            self.bucket, self.key = host[:-len(HOST_SUFFIX)], path
        else:
            self.bucket, _, self.key = path.partition('/')
        self.operation = self.name_operation()

    def name_operation(self):
        method, query = self.command, self.query
        if not self.key:
            if method == 'GET' and 'uploads' in query:
                return 'uploads'
            if method == 'GET' and self.bucket and 'location' not in query:
                return 'list'
            return 'remove' if method == 'POST' and 'delete' in query else 'bucket'
        if method == 'POST':
            return 'create' if 'uploads' in query else 'complete'
        if 'uploadId' in query:
            return {'PUT': 'part', 'DELETE': 'abort', 'GET': 'parts'}.get(method, 'bucket')
        return {'PUT': 'put', 'GET': 'get', 'HEAD': 'head', 'DELETE': 'delete'}.get(method, 'bucket')

    def judge(self):
        """(status, headers, body) of the answer; raises Gone."""
        struck = self.struck
        try:
            if 'early' in struck:
                self.close_connection = True
                self.is_body_read = True
                raise self.refusal(struck['early'])
            for how in ('reset', 'close'):
                if how in struck:
                    raise Gone(how)
            body = self.read_body()
            if 'delay' in struck:
                time.sleep(float(struck['delay']))
            if 'answer' in struck:
                raise self.refusal(struck['answer'])
            if 'rate' in struck and self.store.is_too_fast(int(struck['rate'])):
                raise Error('SlowDown')
            if 'portal' in struck:
                return 200, {'Content-Type': 'text/html'}, PORTAL.encode()
            if 'redirect' in struck:
                raise Error('TemporaryRedirect', headers={'Location': struck['redirect'] + self.path})
            self.authorize(body)
            with self.store.lock:
                answer = getattr(self, 'op_' + self.operation)(body)
        except Error as error:
            inner = element('Code', error.code) + element('Message', 'refused: ' + error.code) + error.more
            answer = error.status, error.headers, b'<?xml version="1.0" encoding="UTF-8"?>\n' + (
                '<Error>%s<RequestId>%d</RequestId></Error>' % (inner, self.connection_number)).encode()
        if 'lost' in struck:
            raise Gone('close')
        return answer

    @staticmethod
    def refusal(value):
        status, code, wait = (value.split(':') + ['', ''])[:3]
        codes = {'500': 'InternalError', '503': 'SlowDown'}
        return Error(code or codes.get(status, 'Refused'), int(status), {'Retry-After': wait} if wait else {})

    def read_body(self):
        if 'Transfer-Encoding' in self.headers:
            raise Error('MissingContentLength')
        if 'Content-Length' not in self.headers and self.command in ('PUT', 'POST'):
            raise Error('MissingContentLength')
        length = int(self.headers.get('Content-Length', 0))
        if getattr(self, 'is_continue_due', False):
            self.is_continue_due = False
            self.wfile.write(b'HTTP/1.1 100 Continue\r\n\r\n')
        body = self.rfile.read(length)
        self.bytes_in = len(body)
        self.is_body_read = True
        if len(body) < length:
            raise Gone('close')
        return body

    # ---- answers

    def answer_with(self, status, headers, body):
        struck = self.struck
        headers = dict(headers)
        is_xml = body.startswith(b'<?xml')
        if is_xml:
            headers.setdefault('Content-Type', 'application/xml')
        if 'doctype' in struck and is_xml:
            body = BOMB.encode()
        if 'late-error' in struck and status == 200:
            body = b'<?xml version="1.0" encoding="UTF-8"?>\n' + b' ' * 100 + b'\n<Error>' + (
                element('Code', 'InternalError') + element('Message', 'try again')).encode() + b'</Error>'
        if 'flip' in struck and body:
            body = bytearray(body)
            body[len(body) // 2] ^= 1
        self.status = str(status)
        has_no_body = self.command == 'HEAD' or status in (204, 304)
        if self.command == 'HEAD' and 'Content-Length' not in headers and status < 300:
            headers['Content-Length'] = str(len(body))
        if has_no_body:
            body = b''
        else:
            headers['Content-Length'] = str(len(body))
        for fault in ('endless', 'chunked'):
            if fault in struck:
                headers.pop('Content-Length', None)
        if 'chunked' in struck:
            headers['Transfer-Encoding'] = 'chunked'
        if not self.is_body_read:
            self.close_connection = True
        if self.close_connection:
            headers['Connection'] = 'close'
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header('x-amz-request-id', '%d-%d' % (self.connection_number, self.requests))
        if 'headers-reset' in struck:
            self.end_headers()
            raise Gone('reset')
        if len(body) <= 65536 and not {'cut', 'endless', 'chunked', 'stall'} & set(struck):
            # One segment: no client waits for the second.
            self._headers_buffer.append(b'\r\n' + bytes(body))
            self.bytes_out = len(body)
            self.write_log()
            self.flush_headers()
        else:
            self.end_headers()
            self.send_body(memoryview(body))

    def send_body(self, body):
        struck = self.struck
        for fault in ('cut', 'endless', 'chunked'):
            if fault in struck:
                body = body[:int(struck[fault] or len(body) // 2)]
                self.bytes_out = len(body)
                self.write_log()
                self.wfile.write(b'%x\r\n%s\r\n' % (len(body), body) if fault == 'chunked' else body)
                raise Gone('close')
        self.bytes_out = len(body)
        self.write_log()
        if 'stall' in struck:
            self.wfile.write(body[:len(body) // 2])
            time.sleep(float(struck['stall']))
            body = body[len(body) // 2:]
        self.wfile.write(body)

    def drop(self, how):
        self.close_connection = True
        if how == 'reset':
            self.server.mark_reset(self.connection)

    def write_log(self):
        """Before the client can know: it may count the lines as soon as it has the answer."""
        if self.is_logged:
            return
        self.is_logged = True
        words = [self.status, self.operation, self.command, self.path, 'conn=%d' % self.connection_number,
                 'in=%d' % self.bytes_in, 'out=%d' % self.bytes_out]
        if getattr(self, 'has_expect', False):
            words.append('expect')
            self.has_expect = False
        quiet = ('x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token')
        for name, value in sorted(self.headers.items()):
            name = name.lower()
            if name in ('range', 'if-match', 'if-none-match') or name.startswith('x-amz-') and name not in quiet:
                words.append('%s=%s' % (name, value.replace(' ', '+')))
        words += ['!' + fault for fault in self.struck]
        with self.store.lock:
            self.store.log.write(' '.join(words) + '\n')

    def control(self):
        body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        if self.key == 'rules':
            with self.store.lock:
                self.store.set_rules(body.decode().splitlines())
        elif self.key == 'reset':
            self.server.reset_all_but(self.connection)
        self.send_response(200)
        self.send_header('Content-Length', '0')
        self.end_headers()

    # ---- who asks

    def authorize(self, body):
        struck, headers = self.struck, self.headers
        text = headers.get('Authorization', '')
        found = re.fullmatch(r'AWS4-HMAC-SHA256 Credential=([^,]*),\s*SignedHeaders=([^,]*),\s*Signature=([0-9a-f]{64})', text)
        if not found:
            raise Error('AccessDenied' if not text else 'AuthorizationHeaderMalformed')
        access_key, _, scope = found[1].rpartition('/aws4_request')[0].partition('/')
        scope += '/aws4_request'
        signed = found[2].split(';')
        date, region, service = (scope.split('/') + ['', ''])[:3]
        amz_date = headers.get('x-amz-date', '')
        if len(headers.get_all('x-amz-date', [])) != 1 or not re.fullmatch(r'\d{8}T\d{6}Z', amz_date):
            raise Error('AccessDenied', more=element('Reason', 'x-amz-date'))
        sent = calendar.timegm(time.strptime(amz_date, '%Y%m%dT%H%M%SZ'))
        if abs(sent - (time.time() + self.skew)) > SKEW_LIMIT:
            raise Error('RequestTimeTooSkewed')
        if access_key not in KEYS:
            raise Error('InvalidAccessKeyId')
        if struck.get('expired') == access_key:
            raise Error('ExpiredToken')
        self.check_region(region)
        if service != 's3' or date != amz_date[:8]:
            raise Error('AuthorizationHeaderMalformed')
        for name in headers:
            if (name.lower() in ('host', 'content-md5') or name.lower().startswith('x-amz-')) and name.lower() not in signed:
                raise Error('AccessDenied', more=element('Reason', 'not signed: ' + name))
        if signed != sorted(signed):
            raise Error('SignatureDoesNotMatch')
        self.check_signature(KEYS[access_key], scope, amz_date, signed, found[3])
        self.check_payload(body)
        if access_key != 'TESTACCESSKEY0000001':
            raise Error('AccessDenied')

    def check_region(self, region):
        for fault, code in (('region', 'AuthorizationHeaderMalformed'), ('moved', 'PermanentRedirect')):
            if fault in self.struck:
                if region != self.struck[fault]:
                    raise Error(code, headers={'x-amz-bucket-region': self.struck[fault]},
                                more=element('Region', self.struck[fault]) if fault == 'region' else '')
                return
        if region != REGION:
            raise Error('AuthorizationHeaderMalformed', more=element('Region', REGION))

    def check_signature(self, secret, scope, amz_date, signed, claimed):
        path = sigv4.encode(urllib.parse.unquote_to_bytes(self.raw_path), '/')
        pairs = [part.partition('=')[::2] for part in self.raw_query.split('&') if part]
        query = sigv4.canonical_query((urllib.parse.unquote_to_bytes(name), urllib.parse.unquote_to_bytes(value))
                                      for name, value in pairs)
        values = {name: ','.join(self.headers.get_all(name, [''])) for name in signed}
        payload_hash = self.headers.get('x-amz-content-sha256', '')
        if sigv4.signature(secret, scope, amz_date, self.command, path, query, values, payload_hash) != claimed:
            raise Error('SignatureDoesNotMatch')

    def check_payload(self, body):
        claimed = self.headers.get('x-amz-content-sha256')
        if claimed is None:
            raise Error('InvalidRequest')
        if claimed.startswith('STREAMING-'):
            raise Error('NotImplemented')
        if claimed not in (sigv4.UNSIGNED, sigv4.sha256(body)):
            raise Error('XAmzContentSHA256Mismatch')
        for name, digest in (('Content-MD5', hashlib.md5), ('x-amz-checksum-sha256', hashlib.sha256)):
            if name in self.headers and base64.b64encode(digest(body).digest()).decode() != self.headers[name]:
                raise Error('BadDigest')

    # ---- operations, with the lock held

    def op_bucket(self, _):
        buckets = self.store.buckets
        if self.command == 'PUT' and self.bucket:
            if self.bucket in buckets:
                raise Error('BucketAlreadyOwnedByYou')
            buckets[self.bucket] = {}
            return 200, {'Location': '/' + self.bucket}, b''
        bucket = self.store.bucket(self.bucket)
        if self.command == 'HEAD':
            return 200, {'x-amz-bucket-region': REGION}, b''
        if self.command == 'GET':
            return 200, {}, document('LocationConstraint', '')
        if self.command == 'DELETE':
            if bucket:
                raise Error('BucketNotEmpty')
            del buckets[self.bucket]
            return 204, {}, b''
        raise Error('MethodNotAllowed')

    def check_conditions(self, found):
        """If-Match and If-None-Match of a write."""
        match, none_match = self.headers.get('If-Match'), self.headers.get('If-None-Match')
        if (match or none_match) and 'no-conditions' in self.struck:
            raise Error('NotImplemented')
        if 'ignore-conditions' in self.struck:
            return
        if none_match and found and none_match in ('*', found.etag):
            raise Error('PreconditionFailed')
        if match and not found:
            raise Error('NoSuchKey')
        if match and match != found.etag:
            raise Error('PreconditionFailed')

    def op_put(self, body):
        bucket = self.store.bucket(self.bucket)
        self.check_conditions(bucket.get(self.key))
        bucket[self.key] = made = Object(body)
        return 200, {'ETag': made.etag}, b''

    def found(self):
        bucket = self.store.bucket(self.bucket)
        if self.key not in bucket:
            raise Error('NoSuchKey')
        return bucket[self.key]

    def op_get(self, _):
        found = self.found()
        headers = {'ETag': found.etag, 'Last-Modified': self.date_time_string(found.time), 'Accept-Ranges': 'bytes',
                   'Content-Type': 'binary/octet-stream'}
        if 'If-Match' in self.headers and self.headers['If-Match'] != found.etag:
            raise Error('PreconditionFailed')
        if self.headers.get('If-None-Match') == found.etag:
            return 304, headers, b''
        wanted = re.fullmatch(r'bytes=(\d*)-(\d*)', self.headers.get('Range', ''))
        if not wanted or 'whole' in self.struck:
            return 200, headers, found.body
        size = len(found.body)
        first = int(wanted[1]) if wanted[1] else max(0, size - int(wanted[2]))
        last = min(int(wanted[2]), size - 1) if wanted[1] and wanted[2] else size - 1
        if first > last:
            raise Error('InvalidRange', headers={'Content-Range': 'bytes */%d' % size})
        if 'wrong-range' in self.struck:
            first, last = (first + 1, last + 1) if last + 1 < size else (first - 1, last - 1)
        headers['Content-Range'] = 'bytes %d-%d/%d' % (first, last, size)
        return 206, headers, found.body[first:last + 1]

    def op_head(self, _):
        status, headers, body = self.op_get(_)
        headers['Content-Length'] = str(len(body))
        return status, headers, b''

    def op_delete(self, _):
        self.store.bucket(self.bucket).pop(self.key, None)
        return 204, {}, b''

    def op_list(self, _):
        query = self.query
        if query.get('list-type') != '2':
            raise Error('NotImplemented')
        prefix, delimiter = query.get('prefix', ''), query.get('delimiter', '')
        limit = min(int(query.get('max-keys', 1000)), int(self.struck.get('page', 1000)))
        token = query.get('continuation-token')
        after = base64.urlsafe_b64decode(token).decode() if token else query.get('start-after', '')
        if 'same-page' in self.struck:
            after = ''
        bucket = self.store.bucket(self.bucket)
        keys = sorted((key for key in bucket if key.startswith(prefix) and key > after), key=str.encode)
        page, prefixes = [], []
        last, is_truncated = after, False
        for key in keys:
            end = key.find(delimiter, len(prefix)) if delimiter else -1
            common = key[:end + len(delimiter)] if end >= 0 else None
            if common and common in prefixes:
                last = key
                continue
            if len(page) + len(prefixes) >= limit:
                is_truncated = True
                break
            last = key
            prefixes.append(common) if common else page.append(key)
        name = (lambda text: sigv4.encode(text, '/')) if query.get('encoding-type') == 'url' else (lambda text: text)
        is_truncated = is_truncated or 'same-page' in self.struck
        inner = element('Name', self.bucket) + element('Prefix', name(prefix)) + element('KeyCount', str(len(page)))
        inner += element('MaxKeys', str(limit)) + element('IsTruncated', str(is_truncated).lower())
        if is_truncated:
            again = 'same' if 'same-page' in self.struck else last
            inner += element('NextContinuationToken', base64.urlsafe_b64encode(again.encode()).decode())
        for key in page:
            found = bucket[key]
            inner += '<Contents>%s%s%s%s</Contents>' % (
                element('Key', name(key)), element('LastModified', iso(found.time)), element('ETag', found.etag),
                element('Size', str(len(found.body))))
        for common in prefixes:
            inner += '<CommonPrefixes>%s</CommonPrefixes>' % element('Prefix', name(common))
        return 200, {}, document('ListBucketResult', inner)

    def op_remove(self, body):
        bucket = self.store.bucket(self.bucket)
        if not any(name in self.headers for name in ('Content-MD5', 'x-amz-checksum-sha256', 'x-amz-checksum-crc32c')):
            raise Error('InvalidRequest')
        root = parse_xml(body)
        keys = [entry.findtext('Key') for entry in root.iter('Object')]
        if not keys or len(keys) > 1000:
            raise Error('MalformedXML')
        for key in keys:
            bucket.pop(key, None)
        is_quiet = root.findtext('Quiet') == 'true'
        inner = '' if is_quiet else ''.join('<Deleted>%s</Deleted>' % element('Key', key) for key in keys)
        return 200, {}, document('DeleteResult', inner)

    def op_create(self, _):
        self.store.bucket(self.bucket)
        upload = Upload(self.bucket, self.key)
        self.store.uploads[upload.id] = upload
        return 200, {}, document('InitiateMultipartUploadResult', element('Bucket', self.bucket) +
                                 element('Key', self.key) + element('UploadId', upload.id))

    def op_part(self, body):
        number = int(self.query.get('partNumber', 0))
        if not 1 <= number <= 10000:
            raise Error('InvalidArgument')
        self.store.upload(self).parts[number] = part = Object(body)
        return 200, {'ETag': part.etag}, b''

    def op_parts(self, _):
        upload = self.store.upload(self)
        after = int(self.query.get('part-number-marker', 0))
        limit = min(int(self.query.get('max-parts', 1000)), int(self.struck.get('page', 1000)))
        numbers = sorted(number for number in upload.parts if number > after)
        inner = element('Bucket', self.bucket) + element('Key', self.key) + element('UploadId', upload.id)
        inner += element('IsTruncated', str(len(numbers) > limit).lower())
        if len(numbers) > limit:
            inner += element('NextPartNumberMarker', str(numbers[limit - 1]))
        for number in numbers[:limit]:
            part = upload.parts[number]
            inner += '<Part>%s%s%s%s</Part>' % (
                element('PartNumber', str(number)), element('LastModified', iso(part.time)),
                element('ETag', part.etag), element('Size', str(len(part.body))))
        return 200, {}, document('ListPartsResult', inner)

    def op_complete(self, body):
        done = self.store.done_uploads.get(self.query.get('uploadId'))
        if done:
            return self.completed(done)
        upload = self.store.upload(self)
        listed = [(int(entry.findtext('PartNumber')), entry.findtext('ETag')) for entry in parse_xml(body).iter('Part')]
        if not listed:
            raise Error('MalformedXML')
        if [number for number, _ in listed] != sorted({number for number, _ in listed}):
            raise Error('InvalidPartOrder')
        for number, etag in listed:
            if number not in upload.parts or upload.parts[number].etag.strip('"') != etag.strip('"'):
                raise Error('InvalidPart')
        bodies = [upload.parts[number].body for number, _ in listed]
        if any(len(part) < MIN_PART for part in bodies[:-1]):
            raise Error('EntityTooSmall')
        bucket = self.store.bucket(self.bucket)
        self.check_conditions(bucket.get(self.key))
        digest = hashlib.md5(b''.join(hashlib.md5(part).digest() for part in bodies)).hexdigest()
        etag = '"%s-%d"' % (digest, len(bodies))
        if 'late-error' not in self.struck:
            bucket[self.key] = Object(b''.join(bodies), etag)
            del self.store.uploads[upload.id]
            self.store.done_uploads[upload.id] = etag
        return self.completed(etag)

    def completed(self, etag):
        return 200, {}, document('CompleteMultipartUploadResult', element('Location', self.raw_path) +
                                 element('Bucket', self.bucket) + element('Key', self.key) + element('ETag', etag))

    def op_abort(self, _):
        del self.store.uploads[self.store.upload(self).id]
        return 204, {}, b''

    def op_uploads(self, _):
        self.store.bucket(self.bucket)
        prefix = self.query.get('prefix', '')
        inner = element('Bucket', self.bucket) + element('IsTruncated', 'false')
        for upload in self.store.uploads.values():
            if upload.bucket == self.bucket and upload.key.startswith(prefix):
                inner += '<Upload>%s%s%s</Upload>' % (element('Key', upload.key), element('UploadId', upload.id),
                                                      element('Initiated', iso(time.time())))
        return 200, {}, document('ListMultipartUploadsResult', inner)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 512
    context = None

    def __init__(self, *arguments):
        self.open_connections = {}
        self.is_reset = set()
        super().__init__(*arguments)

    def mark_reset(self, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.is_reset.add(id(connection))

    def reset_all_but(self, kept):
        others = [one for one in list(self.open_connections.values()) if one is not kept]
        for one in others:
            try:
                self.mark_reset(one)
                # Wakes the thread that reads from it, which then closes it.
                socket.socket.shutdown(one, socket.SHUT_RD)
            except OSError:
                pass
        end = time.monotonic() + 5
        while any(id(one) in self.open_connections for one in others) and time.monotonic() < end:
            time.sleep(0.01)

    def finish_request(self, request, client_address):
        if not self.context:
            super().finish_request(request, client_address)
            return
        try:
            wrapped = self.context.wrap_socket(request, server_side=True)
        except OSError:
            return
        super().finish_request(wrapped, client_address)
        self.shutdown_request(wrapped)

    def shutdown_request(self, request):
        if id(request) in self.is_reset:
            self.is_reset.discard(id(request))
            request.close()
        else:
            super().shutdown_request(request)
        self.open_connections.pop(id(request), None)

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def main(directory, *rules):
    is_tls = '--tls' in rules
    Handler.store = Store(directory, [rule for rule in rules if rule != '--tls'])
    server = Server(('127.0.0.1', 0), Handler)
    if is_tls:
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.load_cert_chain(os.path.join(directory, 'cert.pem'), os.path.join(directory, 'key.pem'))
    with open(os.path.join(directory, 'port.new'), 'w') as out:
        print(server.server_address[1], file=out)
    os.rename(os.path.join(directory, 'port.new'), os.path.join(directory, 'port'))
    server.serve_forever()


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(*sys.argv[1:])
