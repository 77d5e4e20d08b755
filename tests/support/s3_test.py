#!/usr/bin/env python3
"""The S3 client and the faulty server of the tests, held against each other and Amazon's examples."""
import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import s3
import sigv4

HERE = os.path.dirname(os.path.abspath(__file__))
BODY = bytes(range(256)) * 40


class Signature(unittest.TestCase):
    # Amazon S3 API Reference, "Authenticating Requests: Using the Authorization Header", examples
    SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'

    def sign(self, method, path, query, headers, payload_hash):
        headers = {'host': 'examplebucket.s3.amazonaws.com', 'x-amz-content-sha256': payload_hash,
                   'x-amz-date': '20130524T000000Z', **headers}
        return sigv4.signature(self.SECRET, '20130524/us-east-1/s3/aws4_request', '20130524T000000Z',
                               method, path, query, headers, payload_hash)

    def test_get_object(self):
        self.assertEqual(self.sign('GET', '/test.txt', '', {'range': 'bytes=0-9'}, sigv4.sha256(b'')),
                         'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41')

    def test_put_object(self):
        headers = {'date': 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY'}
        self.assertEqual(self.sign('PUT', '/test%24file.text', '', headers, sigv4.sha256(b'Welcome to Amazon S3.')),
                         '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd')

    def test_list_objects(self):
        query = sigv4.canonical_query([('prefix', 'J'), ('max-keys', '2')])
        self.assertEqual(self.sign('GET', '/', query, {}, sigv4.sha256(b'')),
                         '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7')


class Faulty(unittest.TestCase):
    is_tls = False

    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.addCleanup(self.place.cleanup)
        options = []
        if self.is_tls:
            subprocess.run([os.path.join(HERE, 'certificate'), self.place.name], check=True)
            options = ['--tls']
        server = subprocess.Popen([sys.executable, os.path.join(HERE, 'faulty_s3.py'), self.place.name] + options)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        path = os.path.join(self.place.name, 'port')
        while not os.path.exists(path):
            time.sleep(0.01)
        self.environment = {
            'AWS_ENDPOINT_URL': 'http%s://127.0.0.1:%d' % ('s' * self.is_tls, int(open(path).read())),
            'AWS_ACCESS_KEY_ID': 'TESTACCESSKEY0000001', 'AWS_REGION': 'us-east-1',
            'AWS_SECRET_ACCESS_KEY': 'testsecretkey/0000000000000000000+000001',
            'AWS_CA_BUNDLE': os.path.join(self.place.name, 'ca.pem')}
        self.client = s3.Client(self.environment)
        self.client.call('PUT', 'data')
        self.client.call('PUT', 'data/a', body=BODY)

    def rules(self, *rules):
        connection = self.client.connect()
        connection.request('POST', '/-/rules', '\n'.join(rules))
        self.assertEqual(connection.getresponse().status, 200)
        connection.close()

    def get(self, **headers):
        answer = self.client.request('GET', 'data/a', headers=headers)
        return answer.status, answer.body

    def refused(self, status, code, *arguments, client=None, **more):
        answer = (client or self.client).request(*arguments, **more)
        self.assertEqual((answer.status, answer.code()), (status, code))
        return answer

    def lines(self):
        return open(os.path.join(self.place.name, 'log')).read().splitlines()

    # ---- when it behaves

    def test_objects(self):
        self.assertEqual(self.get(), (200, BODY))
        self.assertEqual(self.client.call('HEAD', 'data/a').headers['content-length'], str(len(BODY)))
        self.assertEqual(self.get(range='bytes=10-19'), (206, BODY[10:20]))
        self.assertEqual(self.get(range='bytes=-5'), (206, BODY[-5:]))
        self.refused(416, 'InvalidRange', 'GET', 'data/a', headers={'range': 'bytes=99999-'})
        self.refused(404, 'NoSuchKey', 'GET', 'data/b')
        self.refused(404, 'NoSuchBucket', 'GET', 'nobody/b')
        self.client.call('DELETE', 'data/a')
        self.assertEqual(list(self.client.list('data')), [])

    def test_odd_names(self):
        for name in ('a b', '%', '+=&', 'é', '//', '~', 'x' * 1024):
            self.client.call('PUT', 'data/n/' + name, body=b'x')
        self.assertEqual(sorted(name for _, name in self.client.list('data', 'n/')),
                         sorted('n/' + name for name in ('a b', '%', '+=&', 'é', '//', '~', 'x' * 1024)))

    def test_pages(self):
        for i in range(25):
            self.client.call('PUT', 'data/p/%02d' % i)
        self.rules('page=10')
        self.assertEqual([name for _, name in self.client.list('data', 'p/')], ['p/%02d' % i for i in range(25)])
        self.assertEqual(sum(' list ' in line for line in self.lines()), 3)

    def test_multipart(self):
        upload = self.client.call('POST', 'data/m', [('uploads', '')]).xml().findtext('UploadId')
        parts = [b'x' * (5 << 20), b'last']
        tags = [self.client.call('PUT', 'data/m', [('uploadId', upload), ('partNumber', str(i + 1))], body=part)
                .headers['etag'] for i, part in enumerate(parts)]
        self.assertEqual(list(self.client.uploads('data')), [(upload, 'm')])
        listed = self.client.call('GET', 'data/m', [('uploadId', upload)]).xml()
        self.assertEqual([part.findtext('ETag') for part in listed.iter('Part')], tags)
        body = '<CompleteMultipartUpload>%s</CompleteMultipartUpload>' % ''.join(
            '<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>' % (i + 1, tag) for i, tag in enumerate(tags))
        self.rules('late-error first=1')
        complete = ('POST', 'data/m', [('uploadId', upload)])
        self.assertEqual(self.client.call(*complete, body=body.encode()).code(), 'InternalError')
        self.client.call(*complete, body=body.encode())
        self.client.call(*complete, body=body.encode())
        self.assertEqual(self.client.call('GET', 'data/m').body, b''.join(parts))
        self.assertEqual(list(self.client.uploads('data')), [])
        self.refused(404, 'NoSuchUpload', 'DELETE', 'data/m', [('uploadId', upload)])

    def test_who_asks(self):
        def other(**change):
            return s3.Client({**self.environment, **change})
        self.refused(403, 'SignatureDoesNotMatch', 'GET', 'data/a', client=other(AWS_SECRET_ACCESS_KEY='x'))
        self.refused(403, 'InvalidAccessKeyId', 'GET', 'data/a', client=other(AWS_ACCESS_KEY_ID='x'))
        self.refused(400, 'AuthorizationHeaderMalformed', 'GET', 'data/a', client=other(AWS_REGION='eu'))
        self.refused(403, 'AccessDenied', 'GET', 'data/a', client=other(
            AWS_ACCESS_KEY_ID='TESTACCESSKEY0000002',
            AWS_SECRET_ACCESS_KEY='testsecretkey/0000000000000000000+000002'))
        self.client.clock = -1200
        self.refused(403, 'RequestTimeTooSkewed', 'GET', 'data/a')

    def test_what_is_sent(self):
        self.refused(400, 'BadDigest', 'PUT', 'data/b', headers={'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA=='}, body=b'x')
        self.refused(400, 'BadDigest', 'PUT', 'data/b', headers={'x-amz-checksum-sha256': 'x'}, body=b'x')
        self.refused(412, 'PreconditionFailed', 'PUT', 'data/a', headers={'if-none-match': '*'})
        self.client.call('PUT', 'data/b', headers={'if-none-match': '*', 'x-amz-storage-class': 'COLD'})
        self.assertRegex(self.lines()[-1], r'^200 put PUT /data/b conn=\d+ in=0 out=0 if-none-match=\* x-amz-storage-class=COLD$')

    # ---- when it does not

    def test_answers(self):
        self.rules('answer=503:SlowDown:7 every=2 on=get')
        self.assertEqual(self.get(), (200, BODY))
        answer = self.refused(503, 'SlowDown', 'GET', 'data/a')
        self.assertEqual(answer.headers['retry-after'], '7')
        self.client.call('HEAD', 'data/a')
        self.assertEqual(self.get(), (200, BODY))
        self.assertEqual(sum('!answer' in line for line in self.lines()), 1)

    def test_choices(self):
        self.rules('answer=500 key=^b', 'answer=502:Bad header=x-test', 'answer=501:No on=head after=1 first=1')
        self.assertEqual(self.get(), (200, BODY))
        self.refused(500, 'InternalError', 'PUT', 'data/b')
        self.refused(502, 'Bad', 'GET', 'data/a', headers={'x-test': '1'})
        self.assertEqual([self.client.request('HEAD', 'data/a').status for _ in range(4)], [200, 501, 200, 200])
        self.rules('answer=503 percent=50 seed=3')
        statuses = [self.client.request('GET', 'data/a').status for _ in range(40)]
        self.assertTrue(10 < statuses.count(503) < 30)
        self.rules('answer=503 percent=50 seed=3')
        self.assertEqual([self.client.request('GET', 'data/a').status for _ in range(40)], statuses)

    def lost(self, error, *rules, method='GET'):
        self.rules(*rules)
        with self.assertRaises(error):
            self.client.request(method, 'data/a', body=BODY if method == 'PUT' else b'')
        self.rules()
        self.assertEqual(self.get(), (200, BODY))

    def test_connections(self):
        # TLS tells that the end was not announced, in one way or the other.
        ended = (http.client.RemoteDisconnected, OSError)
        self.lost(ended if self.is_tls else ConnectionResetError, 'reset')
        self.lost(ended, 'close')
        self.lost(ended, 'lost')
        self.lost((ConnectionResetError, http.client.IncompleteRead, OSError), 'headers-reset')
        self.lost((http.client.IncompleteRead, OSError), 'cut')
        self.lost((http.client.IncompleteRead, OSError), 'cut=-1')
        self.lost((http.client.IncompleteRead, OSError), 'chunked')
        self.get()
        self.lost(ended, 'reset reused')

    def test_reset_of_all(self):
        self.get()
        connection = self.client.connect()
        connection.request('POST', '/-/reset', '')
        connection.getresponse().read()
        with self.assertRaises((OSError, http.client.HTTPException)):
            self.get()
        self.assertEqual(self.get(), (200, BODY))

    def test_endless(self):
        self.rules('endless=100')
        try:
            self.assertEqual(self.get(), (200, BODY[:100]))
        except OSError:
            self.assertTrue(self.is_tls)

    def test_early(self):
        self.rules('early=403:AccessDenied')
        with socket.create_connection((self.client.endpoint.hostname, self.client.endpoint.port)) as plain:
            if self.is_tls:
                self.skipTest('as without')
            plain.sendall(b'PUT /data/a HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n')
            self.assertIn(b'403', plain.recv(1000))

    def test_bodies(self):
        self.rules('flip first=1')
        status, body = self.get()
        self.assertEqual((status, len(body)), (200, len(BODY)))
        self.assertEqual(sum(a != b for a, b in zip(body, BODY)), 1)
        self.assertEqual(self.get(), (200, BODY))
        self.rules('whole')
        self.assertEqual(self.get(range='bytes=0-9'), (200, BODY))
        self.rules('wrong-range')
        self.assertEqual(self.get(range='bytes=0-9'), (206, BODY[1:11]))
        self.rules('stall=0.2', 'delay=0.2')
        begin = time.monotonic()
        self.assertEqual(self.get(), (200, BODY))
        self.assertGreater(time.monotonic() - begin, 0.4)

    def test_listings(self):
        self.rules('same-page')
        tokens = [page.findtext('NextContinuationToken') for page, _ in zip(
            self.client.pages('data', [('list-type', '2')], ['continuation-token'], ['NextContinuationToken']), range(3))]
        self.assertEqual(len(set(tokens)), 1)
        self.rules('doctype')
        self.assertIn(b'<!DOCTYPE', self.client.request('GET', 'data', [('list-type', '2')]).body)

    def test_conditions(self):
        headers = {'if-none-match': '*'}
        self.rules('ignore-conditions')
        self.client.call('PUT', 'data/a', headers=headers, body=BODY)
        self.rules('no-conditions')
        self.refused(501, 'NotImplemented', 'PUT', 'data/a', headers=headers)

    def test_elsewhere(self):
        self.rules('region=eu-x')
        self.assertEqual(self.refused(400, 'AuthorizationHeaderMalformed', 'GET', 'data/a').xml().findtext('Region'), 'eu-x')
        self.rules('moved=eu-x')
        answer = self.refused(301, 'PermanentRedirect', 'GET', 'data/a')
        self.assertEqual(answer.headers['x-amz-bucket-region'], 'eu-x')
        self.client.region = 'eu-x'
        self.assertEqual(self.get(), (200, BODY))
        self.rules('redirect=http://elsewhere')
        answer = self.refused(307, 'TemporaryRedirect', 'GET', 'data/a')
        self.assertEqual(answer.headers['location'], 'http://elsewhere/data/a')

    def test_times(self):
        self.rules('skew=1200')
        answer = self.refused(403, 'RequestTimeTooSkewed', 'GET', 'data/a')
        self.client.clock = 1200
        self.assertEqual(self.get(), (200, BODY))
        self.client.clock = 0
        self.assertTrue(re.search(r'\d\d:\d\d:\d\d GMT', answer.headers['date']))
        self.rules('expired=TESTACCESSKEY0000001')
        self.refused(400, 'ExpiredToken', 'GET', 'data/a')
        self.rules('rate=3')
        self.assertEqual([self.client.request('GET', 'data/a').status for _ in range(4)], [200, 200, 200, 503])

    def test_portal(self):
        self.rules('portal')
        self.assertEqual(self.client.request('PUT', 'data/a', body=b'x').status, 200)
        self.assertIn(b'<html>', self.get()[1])


class FaultyTls(Faulty):
    is_tls = True


if __name__ == '__main__':
    unittest.main(warnings='ignore')
