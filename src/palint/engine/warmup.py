"""Small texts that make a `FileChecker` load what most trees need, before its process forks."""

# (path, content): text of the kinds that most trees have, small enough to take milliseconds.
WARMUP_FILES = (
    ("a.py", b"%s = 'Zq8 vT1/xW4 kkR'\n" % b"password"),
    ("a.md", b"%s: Zq8vT1-xW4\n%s=call(['Zq8.vT1'])\n" % (b"token", b"key")),
    ("b.py", b"import boto3\nboto3.client('s3', access_key=1)\n"),
    ("a.py", b"'%s'\n" % b"".join(b"%x%c" % (i * 37 % 16, 65 + i) for i in range(26))),
    (".github/workflows/a.yml", b"on: push\njobs: {a: {steps: [{run: aws_access_key_id}]}}\n"),
    ("a.yml", b"kind: Secret\n"),
)
