# Sourced by build: the image with manuals, units and an installer, for a machine without Java.
case $(uname -s) in
  Linux) system=linux ;;
  Darwin) system=macos ;;
  *) system=$(uname -s | tr '[:upper:]' '[:lower:]') ;;
esac
name=postrider-$VERSION-$system-$(uname -m)
tree=$root/target/tar-tree
rm -rf "$tree"
mkdir -p "$tree/$name/share/completion"
# Times are kept, by which the start-up caches know the jars.
cp -a "$image"/* "$tree/$name/"
rm -rf "$tree/$name/runtime/.complete" "$tree/$name"/lib/drivers/*
cp "$root"/packaging/completion/* "$tree/$name/share/completion/"
mkdir "$tree/$name/share/doc"
cp "$root"/docs/*.md "$root/CHANGELOG.md" "$root/README.md" "$tree/$name/share/doc/"
cp "$root/LICENSE" "$tree/$name/"
if [ "$system" = macos ]; then
  cp -R "$root/packaging/macos/launchd" "$tree/$name/share/launchd"
else
  mkdir "$tree/$name/share/systemd"
  cp "$root"/packaging/systemd/*.service "$root"/packaging/systemd/*.socket "$root"/packaging/systemd/*.path \
    "$tree/$name/share/systemd/"
  cp "$root/packaging/systemd/schedule-wakeup" "$tree/$name/libexec/schedule-wakeup"
  cp "$root/packaging/tar/install" "$tree/$name/install"
  chmod 755 "$tree/$name/install" "$tree/$name/libexec/schedule-wakeup"
fi
(cd "$tree" && tar -czf "$out/$name.tar.gz" "$name")
rm -rf "$tree"
echo "$out/$name.tar.gz"
