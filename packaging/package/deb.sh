# Sourced by build: the Debian package. Needs dpkg-deb only; nobody needs to be root.
command -v dpkg-deb >/dev/null || {
  echo "postrider: package deb: dpkg-deb is missing: run it on Debian or a relative of it" >&2
  exit 1
}
sources=$root/packaging/deb
tree=$root/target/deb-tree
architecture=$(dpkg --print-architecture)
rm -rf "$tree"
mkdir -p "$tree/DEBIAN" "$tree/usr/lib/postrider" "$tree/usr/bin" "$tree/usr/sbin" \
  "$tree/usr/share/doc/postrider" "$tree/usr/share/man" "$tree/lib/systemd/system" \
  "$tree/etc/init.d" "$tree/etc/dpkg/dpkg.cfg.d" "$tree/etc/update-motd.d" "$tree/usr/share/lintian/overrides" \
  "$tree/usr/share/bash-completion/completions" "$tree/usr/share/zsh/vendor-completions" \
  "$tree/usr/share/fish/vendor_completions.d"

# The program. Times are kept: the start-up caches know the jars by them, so SOURCE_DATE_EPOCH,
# which would move them, is not for this package.
unset SOURCE_DATE_EPOCH
cp -a "$image"/* "$tree/usr/lib/postrider/"
rm -rf "$tree/usr/lib/postrider/runtime/.complete" "$tree"/usr/lib/postrider/lib/drivers/*
# Licences of the run-time: in the place where Debian looks for them.
rm -rf "$tree/usr/lib/postrider/runtime/legal"
cp -RL --no-preserve=links "$image/runtime/legal" "$tree/usr/share/doc/postrider/runtime-legal"
install -m 755 "$sources/guard-config" "$tree/usr/lib/postrider/libexec/guard-config"
install -m 755 "$root/packaging/systemd/schedule-wakeup" "$tree/usr/lib/postrider/libexec/schedule-wakeup"
install -m 644 "$sources/first-main.cf" "$tree/usr/lib/postrider/lib/first-main.cf"
cp "$root"/packaging/systemd/*.service "$root"/packaging/systemd/*.socket \
  "$root"/packaging/systemd/*.path "$tree/lib/systemd/system/"
install -m 755 "$sources/init.d" "$tree/etc/init.d/postrider"
install -m 644 "$sources/dpkg.cfg" "$tree/etc/dpkg/dpkg.cfg.d/postrider"
install -m 755 "$sources/update-motd" "$tree/etc/update-motd.d/92-postrider"

# The names. mail is an alternative (postinst): other packages have one too.
for path in "$image"/bin/*; do
  name=${path##*/}
  case $name in
    mail) ;;
    postrider | mailq | newaliases) ln -s "../lib/postrider/bin/$name" "$tree/usr/bin/$name" ;;
    *) ln -s "../lib/postrider/bin/$name" "$tree/usr/sbin/$name" ;;
  esac
done
ln -s postrider/bin/sendmail "$tree/usr/lib/sendmail"

# Those of the image, one of which is made from the program, in the place where Debian looks.
rm -rf "$tree/usr/lib/postrider/share/man"
rmdir "$tree/usr/lib/postrider/share" 2>/dev/null || :
for page in "$image"/share/man/man*/*.[1-8]; do
  name=${page##*/}
  [ "$name" != mail.1 ] || name=postrider-mail.1
  mkdir -p "$tree/usr/share/man/man${page##*.}"
  gzip -9nc "$page" >"$tree/usr/share/man/man${page##*.}/$name.gz"
done

install -m 644 "$root/packaging/completion/postrider.bash" \
  "$tree/usr/share/bash-completion/completions/postrider"
install -m 644 "$root/packaging/completion/_postrider" "$tree/usr/share/zsh/vendor-completions/_postrider"
install -m 644 "$root/packaging/completion/postrider.fish" \
  "$tree/usr/share/fish/vendor_completions.d/postrider.fish"

cp "$root"/docs/*.md "$tree/usr/share/doc/postrider/"
cp "$root/CHANGELOG.md" "$tree/usr/share/doc/postrider/"
printf 'postrider (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- %s  %s\n' "$DEB_VERSION" \
  'Postrider maintainers <maintainers@postrider.invalid>' "$(LC_ALL=C TZ=UTC0 date '+%a, %d %b %Y %H:%M:%S +0000')" |
  gzip -9nc >"$tree/usr/share/doc/postrider/changelog.gz"
install -m 644 "$sources/copyright" "$tree/usr/share/doc/postrider/copyright"
install -D -m 644 "$sources/logrotate" "$tree/usr/share/doc/postrider/examples/logrotate"
install -m 644 "$sources/lintian-overrides" "$tree/usr/share/lintian/overrides/postrider"
find "$tree" -type d -exec chmod 755 {} +
find "$tree" -type f -perm /111 -exec chmod 755 {} +
find "$tree" -type f ! -perm /111 -exec chmod 644 {} +

for script in preinst postinst prerm postrm; do
  install -m 755 "$sources/$script" "$tree/DEBIAN/$script"
done
printf '%s\n' /etc/init.d/postrider /etc/dpkg/dpkg.cfg.d/postrider \
  /etc/update-motd.d/92-postrider >"$tree/DEBIAN/conffiles"
size=$(du -sk --exclude=DEBIAN "$tree" | cut -f 1)
sed -e "s/@VERSION@/$DEB_VERSION/" -e "s/@ARCHITECTURE@/$architecture/" -e "s/@SIZE@/$size/" \
  "$sources/control.in" >"$tree/DEBIAN/control"
(cd "$tree" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum) \
  >"$tree/DEBIAN/md5sums"
chmod 644 "$tree/DEBIAN/control" "$tree/DEBIAN/conffiles" "$tree/DEBIAN/md5sums"

package=$out/postrider_${DEB_VERSION}_$architecture.deb
rm -f "$out"/postrider_*.deb
dpkg-deb --root-owner-group -Z"${POSTRIDER_DEB_COMPRESSION:-xz}" --build "$tree" "$package" >/dev/null
rm -rf "$tree"
echo "$package"
