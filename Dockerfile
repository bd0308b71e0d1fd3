# One image for all services: the command names the service, as in `docker run tallywire:0.1.0 aggregate`.

# Holds the base to the very bytes: `docker compose build --build-arg PYTHON_DIGEST=@sha256:...`
ARG PYTHON_DIGEST=""

FROM python:3.11.16-slim-bookworm${PYTHON_DIGEST} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
# What rarely changes comes first: a change to our code builds only from the second COPY on.
COPY requirements-image.txt ./
# With the extras for backups in a store and for traces, which settings switch on. The environment gets no pip of its own:
# nothing is to be installed at run time.
RUN python -m venv --without-pip /opt/tallywire \
    && pip --python /opt/tallywire/bin/python install --require-hashes --requirement requirements-image.txt
COPY . .
# What builds the wheel is pinned there, too.
RUN /opt/tallywire/bin/python -m hatchling build --target wheel \
    && pip --python /opt/tallywire/bin/python install --no-deps --no-index dist/*.whl

FROM python:3.11.16-slim-bookworm${PYTHON_DIGEST}
LABEL org.opencontainers.image.title="Tallywire" \
      org.opencontainers.image.description="Tallies election declarations from Redis streams and headlines them" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"
# pip has compiled to bytecode what it installed, and the root file system may be read-only: Python writes none.
ENV PATH=/opt/tallywire/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONFAULTHANDLER=1 \
    PYTHONUNBUFFERED=1
RUN groupadd --gid 10001 tallywire \
    && useradd --uid 10001 --gid tallywire --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin tallywire
COPY --from=build /opt/tallywire /opt/tallywire
# By number, so that a cluster which admits no root can tell without reading /etc/passwd.
USER 10001:10001
ENTRYPOINT ["tallywire"]
CMD ["--help"]
