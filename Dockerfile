# A node in a container: docs/operations.md#in-a-container.
FROM debian:12-slim AS build
WORKDIR /src
COPY scripts/setup scripts/
RUN scripts/setup --program && rm -rf /var/lib/apt/lists/*
COPY . .
RUN cmake --preset release -DHOLDFAST_TESTS=OFF \
    && cmake --build --preset release --target holdfast \
    && cpack --config build/release/CPackConfig.cmake -B /package

FROM debian:12-slim
COPY --from=build /package/*.deb /package/
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
       systemd-standalone-sysusers /package/holdfast_*.deb \
    && rm -rf /var/lib/apt/lists/* /package \
    && install -d -o holdfast -g holdfast -m 0700 /var/lib/holdfast
# Only this directory is written to: the root may be read-only.
VOLUME /var/lib/holdfast
USER holdfast
WORKDIR /var/lib/holdfast
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["/usr/bin/holdfast", "health"]
ENTRYPOINT ["/usr/bin/holdfast"]
CMD ["node", "--config", "/etc/holdfast/holdfast.toml"]
