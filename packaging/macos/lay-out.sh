#!/bin/sh
# lay-out.sh IMAGE ROOT DIRECTORY PREFIX: the files of the macOS package below DIRECTORY, as they will
# be below /. Works on any system, so that what a package holds can be looked at without a Mac.
set -eu
image=$1 root=$2 tree=$3 prefix=$4
mkdir -p "$tree$prefix/share" "$tree/Library/LaunchDaemons" "$tree/etc/paths.d"
cp -R "$image"/* "$tree$prefix/"
rm -f "$tree$prefix/runtime/.complete"
# Always on is a choice of the administrator: that file waits beside the program.
mkdir -p "$tree$prefix/share/launchd"
for plist in "$root"/packaging/macos/launchd/*.plist; do
  name=${plist##*/}
  place=$tree/Library/LaunchDaemons
  [ "$name" != dev.postrider.always.plist ] || place=$tree$prefix/share/launchd
  sed -e "s|@PREFIX@|$prefix|g" -e 's|@ETC@|/usr/local/etc/postrider|g' -e 's|@SPOOL@|/var/spool/postrider|g' \
    "$plist" >"$place/$name"
done
# PATH gets it last, so that the system's mail and sendmail stay first unless somebody wants ours.
echo "$prefix/bin" >"$tree/etc/paths.d/postrider"
