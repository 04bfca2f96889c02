# The formula for a tap (`brew install palindrom/tap/palint`); `make packages` puts in the version and the digest.
class Palint < Formula
  desc "Linter that checks that a repository keeps one standard for secrets"
  homepage "https://palindrom.github.io/palint/"
  url "https://github.com/palindrom/palint/releases/download/v{version}/palint-{version}.tar.gz"
  sha256 "{sha256}"
  license "MIT"

  depends_on "python@3.13"

  def install
    system Formula["python@3.13"].opt_bin/"python3.13", "-m", "venv", libexec
    pip = [libexec/"bin/python", "-I", "-m", "pip", "--disable-pip-version-check", "install"]
    system(*pip, "--require-hashes", "--only-binary", ":all:", "-r", "action/requirements.txt")
    system(*pip, "--no-deps", "--no-index", "--no-build-isolation", ".")
    bin.install_symlink libexec/"bin/palint"
  end

  test do
    assert_match "workflow-id-token", shell_output("#{bin}/palint demo")
  end
end
