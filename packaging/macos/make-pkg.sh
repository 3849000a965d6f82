#!/bin/sh
# make-pkg.sh IMAGE ROOT VERSION OUTPUT: an installer package for macOS, on a Mac. It puts the image
# into /usr/local/postrider with launchd's files for on-demand use; /usr/sbin, which belongs to the
# system, is left alone.
set -eu
image=$1 root=$2 version=$3 output=$4
prefix=/usr/local/postrider
command -v pkgbuild >/dev/null || {
  echo "make-pkg: pkgbuild is missing: it comes with the command line tools of a Mac (xcode-select --install)" >&2
  exit 1
}
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
sh "$root/packaging/macos/lay-out.sh" "$image" "$root" "$tree/payload" "$prefix"
mkdir "$tree/scripts"
cp "$root/packaging/macos/postinstall" "$tree/scripts/postinstall"
chmod 755 "$tree/scripts/postinstall"
pkgbuild --root "$tree/payload" --scripts "$tree/scripts" --identifier dev.postrider \
  --version "$version" --ownership recommended "$output"
