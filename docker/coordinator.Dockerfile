# The coordinator's image: docker build -f docker/coordinator.Dockerfile -t cloister-coordinator:0.1.0 .
# It holds no code that reads patients' data: neither `deid` nor `client` are in its build context
# (coordinator.Dockerfile.dockerignore).
ARG PYTHON=python:3.11.14-slim-bookworm

FROM ${PYTHON} AS build
WORKDIR /build
RUN python -m venv /opt/cloister
ENV PATH=/opt/cloister/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY study study
COPY privacy privacy
COPY tasks tasks
COPY strategies strategies
COPY server server
RUN pip install --constraint constraints.txt '.[coordinator]'
COPY --chmod=755 docker/start_study.py /opt/cloister/bin/start-study

FROM ${PYTHON}
RUN useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin cloister
COPY --from=build /opt/cloister /opt/cloister
ENV PATH=/opt/cloister/bin:$PATH HOME=/tmp PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    FLWR_TELEMETRY_ENABLED=0 FLWR_DISABLE_UPDATE_CHECK=1 FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION=1 HF_HUB_OFFLINE=1
USER 10001:10001
ENTRYPOINT ["cloister"]
CMD ["server", "--help"]
