# The program without Python of one's own:
#   docker build -t firelane .
#   docker run --rm -v "$PWD:/work" firelane compare web_agency --html report.html
#   docker run --rm -p 127.0.0.1:8000:8000 firelane web --host 0.0.0.0 --no-browser
FROM python:3.11-slim
COPY . /source
RUN python -m pip install --no-cache-dir --constraint /source/constraints.txt "/source[search]" \
 && rm -rf /source \
 && firelane warm
WORKDIR /work
ENTRYPOINT ["firelane"]
CMD ["--help"]
