# One image for all parts: web, worker, beat, migrate and the mail catcher differ by their command alone.
FROM python:3.12-slim AS libraries
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/requirements.txt

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 WEB_BIND=0.0.0.0:8000
RUN useradd --system --uid 5512 --home-dir /nonexistent --shell /usr/sbin/nologin optin \
 && install -d -o optin -g optin -m 0700 /data
COPY --from=libraries /venv /venv
WORKDIR /app
COPY pyproject.toml README.md ./
COPY engine engine
COPY workflows workflows
COPY notifications notifications
COPY tasks tasks
COPY web web
COPY bpmn bpmn
RUN pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation --editable .
USER optin
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["optin"]
CMD ["web"]
