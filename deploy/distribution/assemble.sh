#!/usr/bin/env bash
# Lays out the distribution in target/altiplano. Run by the build, which names the parts by environment variables.
# Large parts that never change in place (Open Liberty, libtorch) are hard links; the project's own jars are copies,
# so that a running platform keeps the files it has opened.
set -euo pipefail

distribution=$DISTRIBUTION
checkout=$CHECKOUT

# link SOURCE TARGET: hard links where the file system has them
link() {
  if [ ! -e "$2" ]; then
    rm -rf "$2.part"
    cp -al "$1" "$2.part" 2>/dev/null || { rm -rf "$2.part"; cp -a "$1" "$2.part"; }
    mv "$2.part" "$2"
  fi
}

# jars CLASSPATH-FILE OWN-JAR TARGET: exactly these jars, no stale ones
jars() {
  rm -rf "$3"
  mkdir -p "$3"
  tr ':' '\n' <"$1" | grep '\.jar$' | while IFS= read -r jar; do
    cp -p "$jar" "$3/"
  done
  cp -p "$2" "$3/"
}

mkdir -p "$distribution/bin" "$distribution/lib"
rm -f "$distribution/built"

# A new version of Open Liberty or libtorch replaces the old one whole.
if [ "$(cat "$distribution/versions" 2>/dev/null)" != "$LIBERTY_VERSION $LIBTORCH_VERSION" ]; then
  rm -rf "$distribution/wlp" "$distribution/libtorch"
fi
link "$LIBERTY" "$distribution/wlp"
link "$LIBTORCH" "$distribution/libtorch"
printf '%s\n' "$LIBTORCH_VERSION" >"$distribution/libtorch/version.part"
mv -f "$distribution/libtorch/version.part" "$distribution/libtorch/version"
printf '%s\n' "$LIBERTY_VERSION $LIBTORCH_VERSION" >"$distribution/versions"

mkdir -p "$distribution/realm"
cp -p "$checkout/deploy/keycloak/altiplano-realm.json" "$distribution/realm/"

# Only where it was asked for. What it would else do at its first start is done here once for every home.
if [ -n "${KEYCLOAK:-}" ] && [ "$(cat "$distribution/keycloak/built" 2>/dev/null)" != "$KEYCLOAK_VERSION" ]; then
  rm -rf "$distribution/keycloak"
  link "$KEYCLOAK" "$distribution/keycloak"
  "$distribution/keycloak/bin/kc.sh" build --db=dev-file
  printf '%s\n' "$KEYCLOAK_VERSION" >"$distribution/keycloak/built"
fi

jars "$checkout/deploy/cli/target/runtime.classpath" "$checkout/deploy/cli/target/cli-$VERSION.jar" "$distribution/lib/cli"
jars "$checkout/cluster/worker/target/runtime.classpath" "$checkout/cluster/worker/target/worker-$VERSION.jar" "$distribution/worker"

rm -rf "$distribution/gateway"
mkdir -p "$distribution/gateway/apps" "$distribution/gateway/jdbc"
cp -Rp "$checkout/platform-api/src/main/liberty/config/." "$distribution/gateway/"
cp -p "$checkout/platform-api/target/platform-api.war" "$distribution/gateway/apps/"
cp -p "$JDBC"/*.jar "$distribution/gateway/jdbc/"

cp -p "$checkout/deploy/bin/altiplano" "$distribution/bin/altiplano"
chmod +x "$distribution/bin/altiplano"

# The launcher compares sources with this file: it is as old as the build's beginning.
touch -d "$BUILD_TIME" "$distribution/built"
