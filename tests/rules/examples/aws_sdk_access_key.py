"""Further examples of `aws-sdk-access-key`."""

# ruff: noqa: E501 -- a line is a case

from __future__ import annotations

from palint.findings import Severity
from palint.rule import Example

BAD = (
    Example(
        """const s3 = new S3Client({ credentials: {
  accessKeyId: process.env.AWS_ACCESS_KEY_ID!,
  secretAccessKey: process.env["AWS_SECRET_ACCESS_KEY"] as string,
}, region })
""",
        location="credentials: {",
        fixed="const s3 = new S3Client({ region })\n",
        path="s3.tsx",
    ),
    Example(
        'const s3 = new AWS.S3({region: "us-east-1", accessKeyId: my.id, secretAccessKey: my.key});\n',
        location="accessKeyId:",
        fixed='const s3 = new AWS.S3({region: "us-east-1"});\n',
        path="aws.js",
    ),
    Example(
        """const accessKeyId = "{aws_access_key_id}"
const secretAccessKey = process.env.SECRET ?? "{aws_secret_access_key}"
const ses = new SES({ credentials: { accessKeyId, secretAccessKey } })
""",
        location="credentials: {",
        fixed="""const accessKeyId = "{aws_access_key_id}"
const secretAccessKey = process.env.SECRET ?? "{aws_secret_access_key}"
const ses = new SES({ })
""",
        path="ses.mjs",
    ),
    Example(
        "new S3Client({\n  region,\n"
        "  credentials: id ? { accessKeyId: id, secretAccessKey: key } : undefined,\n});\n",
        location="credentials:",
        fixed="new S3Client({\n  region,\n});\n",
        path="s3.ts",
    ),
    Example(
        'export const keys = { accessKeyId: "{aws_access_key_id}",'
        ' "secretAccessKey": "{aws_secret_access_key}" };\n',
        location="accessKeyId:",
        path="keys.js",
    ),
    Example(
        "const credentials = {\n  accessKeyId: env.ID,\n  secretAccessKey: env.KEY,\n};\n",
        location="accessKeyId:",
        path="keys.ts",
    ),
    Example(
        "AWS.config.credentials = { accessKeyId: process.env.ID, secretAccessKey: process.env.KEY };\n",
        location="accessKeyId:",
        path="a.js",
    ),
    Example(
        'AWS.config.accessKeyId = "{aws_access_key_id}";\nAWS.config.secretAccessKey = "{aws_secret_access_key}";\n',
        location="accessKeyId",
        path="a.js",
    ),
    Example(
        'const keys = new AWS.Credentials("{aws_access_key_id}", "{aws_secret_access_key}");\n',
        location="new AWS.Credentials",
        path="a.js",
    ),
    Example(
        "const signer = new SignatureV4({ credentials: { accessKeyId: process.env.AWS_ACCESS_KEY_ID,"
        " secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,"
        " sessionToken: process.env.AWS_SESSION_TOKEN } });\n",
        location="credentials:",
        severity=Severity.WARNING,
        path="sign.ts",
    ),
    Example(
        """class Files {
  private static final String SECRET = "{aws_secret_access_key}";
  AWSCredentials keys = new BasicAWSCredentials(System.getenv("KEY_ID"), SECRET);
}
""",
        location="new BasicAWSCredentials",
        path="Files.java",
    ),
    Example(
        "class A { Object c = AwsBasicCredentials.builder().accessKeyId(id).secretAccessKey(key).build(); }\n",
        location="accessKeyId(id)",
        path="Built.java",
    ),
    Example(
        "new S3Client({ credentials: async () => { return { accessKeyId: id, secretAccessKey: key }; } });\n",
        location="credentials:",
        path="late.ts",
    ),
    Example(
        """class Files {
  @Value("${aws.access-key}") private String accessKey;
  S3Client client() {
    AwsCredentials keys = AwsBasicCredentials.create(accessKey, secretKey);
    return S3Client.builder().credentialsProvider(() -> keys).build();
  }
}
""",
        location="AwsBasicCredentials.create(",
        path="Files.java",
        severity=Severity.ERROR,
    ),
    Example(
        """package files

var sess = session.New(&aws.Config{
	Credentials: credentials.NewStaticCredentials(os.Getenv("AWS_ID"), os.Getenv("AWS_SECRET"), ""),
})
""",
        location="credentials.NewStaticCredentials",
        path="files.go",
    ),
    Example(
        """package files

var keys = credentials.StaticCredentialsProvider{Value: aws.Credentials{
	AccessKeyID: id, SecretAccessKey: "{aws_secret_access_key}",
}}
""",
        location="AccessKeyID: id",
        path="files.go",
    ),
    Example(
        """AWS.config.update({
  accessKeyId: process.env.AWS_ACCESS_KEY_ID,
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
  region: "eu-west-2",
})
""",
        location="accessKeyId:",
        fixed="""AWS.config.update({
  region: "eu-west-2",
})
""",
        path="aws.js",
    ),
    Example(
        "const s3 = new AWS.S3({\n  region,\n  credentials: new AWS.Credentials({\n"
        "    accessKeyId: process.env.ID, secretAccessKey: process.env.KEY }),\n});\n",
        location="accessKeyId:",
        fixed="const s3 = new AWS.S3({\n  region,\n});\n",
        path="a.js",
    ),
    Example(
        "const files = new S3Client({ endpoint: process.env.S3_ENDPOINT, credentials: {"
        " accessKeyId: process.env.KEY_ID, secretAccessKey: process.env.APP_KEY } });\n",
        location="credentials:",
        severity=Severity.WARNING,
        path="files.ts",
    ),
    Example(
        "<?php\nuse Aws\\Credentials\\Credentials;\n$c = new Credentials($id, '{aws_secret_access_key}');\n",
        location="new Credentials",
        path="a.php",
        severity=Severity.ERROR,
    ),
    Example(
        "<?php\n$s3 = new S3Client(['credentials' => ['key' => getenv('AWS_ID'), 'secret' => getenv('AWS_SECRET')]]);\n",
        location="'key'",
        path="a.php",
        severity=Severity.ERROR,
    ),
    Example(
        "<?php\nreturn ['s3' => ['driver' => 's3', 'key' => env('AWS_ACCESS_KEY_ID'),\n'secret' => env('AWS_SECRET_ACCESS_KEY'), 'endpoint' => env('AWS_ENDPOINT')]];\n",
        location="'key'",
        path="filesystems.php",
        severity=Severity.ERROR,
        note="Laravel's own settings, with an endpoint that is empty for AWS",
    ),
    Example(
        "<?php\nreturn ['access_key_id' => env('AWS_ACCESS_KEY_ID'),\n'secret_access_key' => env('AWS_SECRET_ACCESS_KEY')];\n",
        location="'access_key_id'",
        path="aws.php",
    ),
    Example(
        'c = Aws::Credentials.new(ENV["AWS_ID"], ENV.fetch("AWS_SECRET"))\n',
        location="Aws::Credentials",
        path="a.rb",
        severity=Severity.ERROR,
    ),
    Example(
        "Aws.config.update(\n  access_key_id: '{aws_access_key_id}',\n  secret_access_key: '{aws_secret_access_key}'\n)\n",
        location="access_key_id",
        path="a.rb",
    ),
    Example(
        "amazon:\n  service: S3\n  access_key_id: <%= Rails.application.credentials.dig(:aws, :access_key_id) %>\n"
        "  secret_access_key: <%= Rails.application.credentials.dig(:aws, :secret_access_key) %>\n",
        location="access_key_id",
        path="config/storage.yml",
    ),
    Example(
        'var c = new BasicAWSCredentials(config["AWS:Id"], config["AWS:Secret"]);\n',
        location="new BasicAWSCredentials",
        path="a.cs",
    ),
    Example(
        'var c = new AmazonS3Client("{aws_access_key_id}", "{aws_secret_access_key}", RegionEndpoint.EUWest2);\n',
        location="new AmazonS3Client",
        path="a.cs",
    ),
    Example(
        'val c = StaticCredentialsProvider { // AWS\n    accessKeyId = System.getenv("ID")\n'
        '    secretAccessKey = System.getenv("SECRET")\n}\n',
        location="accessKeyId",
        path="a.kt",
    ),
    Example(
        "val c = AwsBasicCredentials.create(config.id, config.secret)\n",
        location="AwsBasicCredentials",
        path="a.kt",
    ),
    Example(
        'let c = aws_credential_types::Credentials::new(id, "{aws_secret_access_key}".to_string(), None, None, "x");\n',
        location="Credentials::new",
        path="a.rs",
    ),
)

GOOD = (
    Example(
        "const s3 = new S3({ credentials: fromTemporaryCredentials({ params: { RoleArn } }) });\n",
        path="s3.ts",
    ),
    Example(
        'new S3Client({ credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE",'
        ' secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" } });\n',
        path="doc.ts",
    ),
    Example("// credentials: { accessKeyId, secretAccessKey } is what we had\n", path="a.js"),
    Example(
        "class T { Object c = AwsBasicCredentials.create("
        "localstack.getAccessKey(), localstack.getSecretKey()); }\n",
        path="T.java",
    ),
    Example('class T { Object c = new BasicAWSCredentials("test", "test"); }\n', path="T.java"),
    Example(
        "package x\n\nvar c = credentials.NewStaticCredentialsProvider("
        "*c.AccessKeyId, *c.SecretAccessKey, *c.SessionToken)\n",
        path="x.go",
    ),
    Example(
        "<?php\nreturn ['ses' => ['key' => 'x'], 'stripe' => ['key' => env('STRIPE_KEY'), 'secret' => env('STRIPE_SECRET')]];\n",
        path="services.php",
        note="another service beside AWS's",
    ),
    Example("<?php\n// new Credentials($id, $secret) for AWS\n", path="a.php"),
    Example(
        "<?php\nreturn ['stripe' => ['key' => env('STRIPE_KEY'), 'secret' => env('STRIPE_SECRET')]];\n",
        path="services.php",
    ),
    Example("<?php\n$s3 = new S3Client(['region' => 'eu-west-2']); // AWS\n", path="a.php"),
    Example(
        "<?php\n$c = new Credentials($r['AccessKeyId'], $r['SecretAccessKey'], $r['SessionToken']); // AWS\n",
        path="a.php",
        note="temporary",
    ),
    Example("Aws.config.update(region: 'eu-west-2')\n", path="a.rb"),
    Example("c = Aws::Credentials.new('test', 'test')\n", path="a_spec.rb"),
    Example("test:\n  service: Disk\n", path="config/storage.yml"),
    Example("var c = new SessionAWSCredentials(id, secret, token);\n", path="a.cs"),
    Example("var c = new AmazonS3Client(RegionEndpoint.EUWest2);\n", path="a.cs"),
    Example('let c = Credentials::new("test", "test", None, None, "aws-test");\n', path="tests/a.rs"),
)
