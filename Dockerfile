# The product as an image. Its command serves; compose.yaml also runs the other commands of the Procfile.

ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS packages
RUN python -m venv /venv
COPY requirements/main.txt /tmp/
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/main.txt \
    && /venv/bin/python -m pip uninstall -y pip

FROM python:${PYTHON}-slim
RUN useradd --system --user-group --uid 10001 --no-create-home --shell /usr/sbin/nologin scoreboard \
    && install -d -m 700 -o scoreboard -g scoreboard /data
WORKDIR /app
COPY --from=packages /venv /venv
COPY wsgi.py ./
COPY config/ config/
COPY worker/ worker/
COPY clients/javascript/ clients/javascript/
COPY docs/errors.md docs/
COPY examples/guide/ examples/guide/
COPY frontend/ frontend/
COPY scoreboard/ scoreboard/
# The file system may be read-only later on.
RUN python -m compileall -q /app
ENV PATH="/venv/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT') or 8000}/healthz\")"]
CMD ["gunicorn", "--config", "config/gunicorn.py", "wsgi:app"]
