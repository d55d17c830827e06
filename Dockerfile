# syntax=docker/dockerfile:1
# An image with the one file that DMM is: `docker build -t dmm .`. See README.md, “Beyond one machine”.
# It has not been built yet where DMM is made, as there is no Docker there.

FROM node:22-bookworm-slim AS node

FROM rust:1.95-bookworm AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
WORKDIR /dmm
COPY . .
# As everywhere: it installs what it needs and leaves target/release/dmm.
RUN make build

FROM debian:bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/dmm --create-home dmm \
    && install --directory --owner=dmm --mode=700 /var/lib/dmm/data
COPY --from=build /dmm/target/release/dmm /usr/local/bin/dmm
USER dmm
# The database (unless DATABASE_URL names another) and the key are in data/ below it.
WORKDIR /var/lib/dmm
VOLUME /var/lib/dmm/data
ENV DMM_LISTEN=0.0.0.0:3000
EXPOSE 3000
# `dmm serve` ends within 8 s of SIGTERM and leaves its syncs to others, or to the next start.
STOPSIGNAL SIGTERM
# A large library takes its time when a new version changes the tables.
HEALTHCHECK --interval=10s --timeout=9s --start-period=30m CMD ["dmm", "healthcheck"]
ENTRYPOINT ["dmm"]
CMD ["serve"]
