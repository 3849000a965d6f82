#!/bin/sh
# make-image.sh ROOT: puts the image together in ROOT/target/postrider from what Maven built.
# Needs JDK_HOME. The new image replaces the old one only when it is complete.
set -eu
root=$1
target=$root/target
image=$target/postrider
new=$target/postrider.new
stamp=$target/.building
touch "$stamp"
rm -rf "$new"
mkdir -p "$new/bin" "$new/lib/drivers"
# JDBC drivers that somebody put there (docs/tables.md).
for jar in "$image"/lib/drivers/*.jar; do
  [ ! -e "$jar" ] || cp -p "$jar" "$new/lib/drivers/"
done

# The run-time image depends on the JDK only, so it is made once for each. MariaDB's JDBC driver does
# not connect without java.sql.rowset, which is small.
modules=java.base,java.naming,java.net.http,java.sql,java.sql.rowset,java.management,jdk.net,jdk.unsupported,jdk.crypto.ec
jdk_version=$(sed -n 's/^IMPLEMENTOR_VERSION="\(.*\)"/\1/p' "$JDK_HOME/release")
runtime=$target/runtime
if [ ! -e "$runtime/.complete" ] || [ "$(cat "$runtime/.complete")" != "$jdk_version $modules" ]; then
  rm -rf "$runtime"
  "$JDK_HOME/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages \
    --generate-cds-archive --output "$runtime"
  echo "$jdk_version $modules" > "$runtime/.complete"
fi
cp -Rl "$runtime" "$new/runtime" 2>/dev/null || cp -R "$runtime" "$new/runtime"

cp "$root"/postrider-mail/target/postrider-mail-*.jar "$new/lib/postrider-mail.jar"
cp "$root"/postrider-server/target/postrider-server-*.jar "$new/lib/postrider-server.jar"
for jar in dnsjava jackson-core apache-jsieve-core slf4j-api slf4j-nop; do
  cp "$root/postrider-server/target/lib/$jar.jar" "$new/lib/$jar.jar"
done
cp "$root/packaging/lib/memory-limit.sh" "$new/lib/"
mkdir "$new/libexec"
cp "$root"/packaging/bin/* "$new/bin/"
cp "$root"/packaging/libexec/* "$new/libexec/"
chmod 755 "$new"/bin/* "$new"/libexec/*
for name in mail mailq newaliases postfix postconf postmap postalias postqueue postsuper postcat postlog postmulti; do
  ln -s postrider "$new/bin/$name"
done

# The manual: one page is made from what the program knows of main.cf.
for page in "$root"/docs/man/*.[158]; do
  mkdir -p "$new/share/man/man${page##*.}"
  cp "$page" "$new/share/man/man${page##*.}/"
done
mkdir -p "$new/share/man/man5"
"$new/bin/postrider" parameter-page > "$new/share/man/man5/postconf.5"

# The old image goes away only now. Paths are part of the start-up cache, so it is made in place.
rm -rf "$target/postrider.old"
[ ! -e "$image" ] || mv "$image" "$target/postrider.old"
mv "$new" "$image"
rm -rf "$target/postrider.old"
# The start-up caches only make things faster: without one (a machine too busy to train on) all works.
for part in daemon commands; do
  "$image/bin/postrider" train $part || {
    echo "no start-up cache for $part: training failed" >&2
    rm -f "$image/lib/$part.aot"
  }
done
mv "$stamp" "$image/.built"
