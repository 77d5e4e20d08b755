"""AWS Signature Version 4 for S3: what s3.py signs with and faulty_s3.py checks against."""
import hashlib
import hmac
import urllib.parse

UNSIGNED = 'UNSIGNED-PAYLOAD'


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def encode(text, keep=''):
    """All bytes but A-Z a-z 0-9 - . _ ~ and those of `keep` as %XX."""
    return urllib.parse.quote(text, safe='-_.~' + keep)


def canonical_query(pairs):
    return '&'.join(sorted(encode(name) + '=' + encode(value) for name, value in pairs))


def signature(secret, scope, amz_date, method, path, query, headers, payload_hash):
    """`scope` is date/region/service/aws4_request, `path` and `query` are encoded, `headers` maps
    the lower-case names of what is signed to their values."""
    names = sorted(headers)
    request = '\n'.join([method, path, query,
                         ''.join('%s:%s\n' % (name, ' '.join(headers[name].split())) for name in names),
                         ';'.join(names), payload_hash])
    text = '\n'.join(['AWS4-HMAC-SHA256', amz_date, scope, sha256(request.encode())])
    key = b'AWS4' + secret.encode()
    for part in scope.split('/') + [text]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()
