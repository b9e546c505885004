# A Debian image with one Node binary, made by make-base; the context holds just that binary.
ARG BASE
FROM ${BASE}
COPY node /usr/local/bin/node
RUN ["/usr/local/bin/node", "--version"]
CMD ["node"]
