#!/usr/bin/env python3
"""A tiny S3 client for tests, independent of the one under test; only the standard library.

  s3.py wait SECONDS             until a bucket can be made and an object put
  s3.py mb BUCKET                make a bucket
  s3.py keep BUCKET              let it keep all versions from now on
  s3.py rb BUCKET                remove it with all that is in it
  s3.py put BUCKET/KEY [FILE]    store a file, or standard input
  s3.py get BUCKET/KEY           to standard output
  s3.py head BUCKET/KEY          its headers, one a line, names in lower case
  s3.py ls BUCKET[/PREFIX]       a line "SIZE KEY" for each object
  s3.py rm BUCKET/KEY...
  s3.py flip BUCKET/KEY          change one bit in the middle of it
  s3.py uploads BUCKET           a line "ID KEY" for each unfinished multipart upload
  s3.py begin BUCKET/KEY         begin a multipart upload, print its id
  s3.py curl METHOD TARGET       send an empty request, print status, headers and body

Reads AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION and
AWS_CA_BUNDLE. Addresses buckets by path. Exits with 1 and "STATUS CODE" when the server refuses.
"""
import http.client
import os
import ssl
import sys
import time
import urllib.parse
import xml.etree.ElementTree

import sigv4


VERSIONING = b'<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>'


class Refused(Exception):
    pass


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    def xml(self):
        root = xml.etree.ElementTree.fromstring(self.body)
        for element in root.iter():
            element.tag = element.tag.rsplit('}', 1)[-1]
        return root

    def code(self):
        try:
            return self.xml().findtext('Code') or ''
        except xml.etree.ElementTree.ParseError:
            return ''


class Client:
    def __init__(self, environment=os.environ):
        self.endpoint = urllib.parse.urlsplit(environment['AWS_ENDPOINT_URL'])
        self.access_key = environment['AWS_ACCESS_KEY_ID']
        self.secret = environment['AWS_SECRET_ACCESS_KEY']
        self.token = environment.get('AWS_SESSION_TOKEN')
        self.region = environment.get('AWS_REGION', 'us-east-1')
        self.authorities = environment.get('AWS_CA_BUNDLE')
        self.clock = 0
        self.connection = None

    def connect(self):
        host, port = self.endpoint.hostname, self.endpoint.port
        if self.endpoint.scheme == 'https':
            context = ssl.create_default_context(cafile=self.authorities)
            return http.client.HTTPSConnection(host, port, timeout=60, context=context)
        return http.client.HTTPConnection(host, port, timeout=60)

    def sign(self, method, path, query, headers, payload_hash):
        now = time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(time.time() + self.clock))
        headers = {**headers, 'host': self.endpoint.netloc, 'x-amz-date': now,
                   'x-amz-content-sha256': payload_hash}
        if self.token:
            headers['x-amz-security-token'] = self.token
        scope = '%s/%s/s3/aws4_request' % (now[:8], self.region)
        signature = sigv4.signature(self.secret, scope, now, method, path, query, headers, payload_hash)
        headers['authorization'] = 'AWS4-HMAC-SHA256 Credential=%s/%s,SignedHeaders=%s,Signature=%s' % (
            self.access_key, scope, ';'.join(sorted(set(headers))), signature)
        return headers

    def request(self, method, place, query=(), headers=(), body=b''):
        """The answer, whatever it is. `place` is BUCKET or BUCKET/KEY."""
        path = '/' + sigv4.encode(place, '/')
        query = sigv4.canonical_query(query)
        signed = self.sign(method, path, query, dict(headers), sigv4.sha256(body))
        signed['content-length'] = str(len(body))
        target = path + ('?' + query if query else '')
        self.connection = self.connection or self.connect()
        try:
            # No other header than these, none twice.
            self.connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in signed.items():
                self.connection.putheader(name, value)
            self.connection.endheaders(body)
            return Answer(self.connection.getresponse())
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            raise

    def call(self, *arguments, **more):
        answer = self.request(*arguments, **more)
        if answer.status >= 300:
            raise Refused('%d %s' % (answer.status, answer.code()))
        return answer

    def pages(self, bucket, query, marker, marker_name):
        """The XML of every page of a listing."""
        after = []
        while True:
            page = self.call('GET', bucket, query + after).xml()
            yield page
            if page.findtext('IsTruncated') != 'true':
                return
            after = [(name, page.findtext(element)) for name, element in zip(marker, marker_name)]

    def list(self, bucket, prefix=''):
        query = [('list-type', '2'), ('encoding-type', 'url'), ('prefix', prefix)]
        for page in self.pages(bucket, query, ['continuation-token'], ['NextContinuationToken']):
            for entry in page.iter('Contents'):
                yield int(entry.findtext('Size')), urllib.parse.unquote(entry.findtext('Key'))

    def uploads(self, bucket):
        markers = ['key-marker', 'upload-id-marker']
        for page in self.pages(bucket, [('uploads', '')], markers, ['NextKeyMarker', 'NextUploadIdMarker']):
            for entry in page.iter('Upload'):
                yield entry.findtext('UploadId'), entry.findtext('Key')


def wait(client, seconds):
    end = time.monotonic() + float(seconds)
    while True:
        try:
            if client.request('PUT', 'ready-probe').status in (200, 409):
                client.call('PUT', 'ready-probe/object', body=b'here')
                client.call('DELETE', 'ready-probe/object')
                client.call('DELETE', 'ready-probe')
                return
            reason = 'refused'
        except (OSError, http.client.HTTPException, Refused) as error:
            reason = error
        if time.monotonic() > end:
            raise Refused('not ready: %s' % reason)
        time.sleep(0.1)


def main(command, *arguments):
    client = Client()
    place = arguments[0] if arguments else ''
    bucket, _, key = place.partition('/')
    out = sys.stdout.buffer
    if command == 'wait':
        wait(client, place)
    elif command == 'mb':
        client.call('PUT', bucket)
    elif command == 'keep':
        client.call('PUT', bucket, [('versioning', '')], body=VERSIONING)
    elif command == 'rb':
        for upload, name in client.uploads(bucket):
            client.call('DELETE', bucket + '/' + name, [('uploadId', upload)])
        for _, name in list(client.list(bucket)):
            client.call('DELETE', bucket + '/' + name)
        client.call('DELETE', bucket)
    elif command == 'put':
        body = open(arguments[1], 'rb').read() if arguments[1:] else sys.stdin.buffer.read()
        client.call('PUT', place, body=body)
    elif command == 'get':
        out.write(client.call('GET', place).body)
    elif command == 'head':
        for name, value in sorted(client.call('HEAD', place).headers.items()):
            print('%s: %s' % (name, value))
    elif command == 'ls':
        for size, name in client.list(bucket, key):
            print(size, name)
    elif command == 'rm':
        for place in arguments:
            client.call('DELETE', place)
    elif command == 'flip':
        body = bytearray(client.call('GET', place).body)
        body[len(body) // 2] ^= 1
        client.call('PUT', place, body=bytes(body))
    elif command == 'uploads':
        for upload, name in client.uploads(bucket):
            print(upload, name)
    elif command == 'begin':
        print(client.call('POST', place, [('uploads', '')]).xml().findtext('UploadId'))
    elif command == 'curl':
        target = urllib.parse.urlsplit(arguments[1])
        query = urllib.parse.parse_qsl(target.query, keep_blank_values=True)
        answer = client.request(place, urllib.parse.unquote(target.path).lstrip('/'), query)
        print(answer.status)
        for name, value in sorted(answer.headers.items()):
            print('%s: %s' % (name, value))
        print()
        sys.stdout.flush()
        out.write(answer.body)
    else:
        sys.exit(__doc__)


if __name__ == '__main__':
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except (Refused, OSError, http.client.HTTPException) as error:
        sys.exit('s3.py %s: %s' % (' '.join(sys.argv[1:3]), error))
