# palint with git, not as root: `docker run --rm -v "$PWD:/src:ro" palint` checks the current folder.
FROM python:3.13-slim AS build
WORKDIR /build
COPY action/requirements.txt ./
RUN python -m venv /opt/palint \
 && /opt/palint/bin/pip install --no-cache-dir --require-hashes --only-binary :all: --requirement requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
COPY rules ./rules
RUN /opt/palint/bin/pip install --no-cache-dir --no-deps --no-index --no-build-isolation .

FROM python:3.13-slim
LABEL org.opencontainers.image.source="https://github.com/palindrom/palint" \
      org.opencontainers.image.licenses="MIT"
# hadolint ignore=DL3008 # Debian keeps no older version of a package: a pinned git would stop the build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/* \
 # The mounted repository belongs to a user of the host, and palint runs none of its code or hooks.
 && git config --system --add safe.directory '*' \
 && useradd --create-home --uid 1000 palint
COPY --from=build /opt/palint /opt/palint
USER 1000:1000
WORKDIR /src
ENTRYPOINT ["/opt/palint/bin/python", "-I", "-m", "palint"]
